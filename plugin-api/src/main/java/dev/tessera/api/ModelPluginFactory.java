package dev.tessera.api;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * The entry point of a plugin jar, found by {@link java.util.ServiceLoader}.
 *
 * <p>Cheap to construct: it opens no file and loads no native library. The host calls it from one
 * thread at a time and swaps the context class loader to the plugin's around every call.
 *
 * @param <C> the plugin's configuration: a record whose components carry {@link ConfigKey}. The
 *     host fills it from YAML, checks types and ranges, and refuses unknown keys.
 */
public interface ModelPluginFactory<C extends Record> {

  /** What {@code tessera plugins list} prints. Its name must equal the jar's {@code Plugin-Id}. */
  PluginInfo info();

  /** The record class that the host fills from a step's YAML. */
  Class<C> configType();

  /**
   * The event tables that a step with this configuration reads. A step whose tables are all empty
   * is skipped by the host with one line. Empty for a plugin that reads no events (a merge).
   */
  default Set<EventKind> reads(C config) {
    return info().reads();
  }

  /**
   * The names of the steps whose embeddings this step reads, in order. Empty for a model; a merge
   * returns the names in its configuration, and the host runs those steps first.
   */
  default List<String> inputs(C config) {
    return List.of();
  }

  /**
   * What tells the content of a file or folder that the configuration points at, such as a digest
   * of it: the result of a step is taken from the cache only if this is what it was. Empty if the
   * configuration says all.
   */
  default String content(C config) {
    return "";
  }

  /**
   * An upper estimate, in bytes, of the heap and native memory that fitting and embedding take
   * beside the shared event log. The host runs steps side by side only while their sum stays under
   * its limit.
   *
   * @return bytes, or {@link #UNKNOWN_MEMORY}: the step then runs alone
   */
  default long memoryBytes(C config, EventLog events) {
    return UNKNOWN_MEMORY;
  }

  /** Returned by {@link #memoryBytes} when a plugin cannot tell. */
  long UNKNOWN_MEMORY = -1;

  /**
   * A new, untrained stage.
   *
   * @param config already type- and range-checked
   * @param context lent for the life of the stage
   * @throws PluginException if the configuration cannot work in this context
   */
  Stage create(C config, PluginContext context);

  /**
   * The stage that {@link Stage#save} wrote into a folder, ready to embed or merge.
   *
   * @param config the configuration that the stage was created with; the host keeps it with the
   *     model
   * @param modelDirectory what {@code save} was given
   * @throws PluginException with {@link ErrorCode#INCOMPATIBLE_MODEL} if the folder does not hold a
   *     model of this plugin and configuration
   */
  Stage open(C config, Path modelDirectory, PluginContext context);
}
