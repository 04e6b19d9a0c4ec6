package dev.tessera.host.plugin;

import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginException;
import dev.tessera.api.PluginInfo;
import dev.tessera.api.Stage;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * A working plugin. Every call runs with the plugin's class loader as the thread's context class
 * loader, and so does every call into a stage it makes. Whatever a plugin throws comes out as a
 * {@link PluginException} that names the plugin (and the step, where there is one).
 *
 * <p>Calls into one plugin's factory come from one thread at a time; its stages are independent.
 */
public final class LoadedPlugin {

  LoadedPlugin() {}

  /** The {@code Plugin-Id}. */
  public String id() {
    throw new UnsupportedOperationException("skeleton");
  }

  /** The {@code Plugin-Version}. */
  public String version() {
    throw new UnsupportedOperationException("skeleton");
  }

  /** What the plugin says of itself; its name is {@link #id}. */
  public PluginInfo info() {
    throw new UnsupportedOperationException("skeleton");
  }

  /** Where the jar lies. */
  public Path jar() {
    throw new UnsupportedOperationException("skeleton");
  }

  /** The SHA-256 of the jar's bytes, 64 lower-case hexadecimal digits: part of every cache key. */
  public String sha256() {
    throw new UnsupportedOperationException("skeleton");
  }

  /** The record that a step's configuration is bound to; all its components have a ConfigKey. */
  public Class<? extends Record> configType() {
    throw new UnsupportedOperationException("skeleton");
  }

  /** The event tables that a step with this configuration reads. */
  public Set<EventKind> reads(Record config) {
    throw new UnsupportedOperationException("skeleton" + config);
  }

  /** The names of the steps whose embeddings a step with this configuration reads, in order. */
  public List<String> inputs(Record config) {
    throw new UnsupportedOperationException("skeleton" + config);
  }

  /**
   * An upper estimate of the bytes that fitting and embedding take beside the event log.
   *
   * @return bytes, or {@link dev.tessera.api.ModelPluginFactory#UNKNOWN_MEMORY}
   */
  public long memoryBytes(Record config, EventLog events) {
    throw new UnsupportedOperationException("skeleton" + config + events);
  }

  /** A new stage; the caller closes it. It is an EmbeddingModel or an EmbeddingMerge. */
  public Stage create(Record config, PluginContext context) {
    throw new UnsupportedOperationException("skeleton" + config + context);
  }

  /** The stage that was saved into a folder; the caller closes it. */
  public Stage open(Record config, Path modelDirectory, PluginContext context) {
    throw new UnsupportedOperationException("skeleton" + config + context + modelDirectory);
  }
}
