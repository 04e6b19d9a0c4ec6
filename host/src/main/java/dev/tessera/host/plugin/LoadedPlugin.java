package dev.tessera.host.plugin;

import static java.util.Objects.requireNonNull;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.ModelPluginFactory;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginException;
import dev.tessera.api.PluginInfo;
import dev.tessera.api.Stage;
import dev.tessera.host.files.FileDigest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A working plugin. Every call runs with the plugin's class loader as the thread's context class
 * loader, and so does every call into a stage it makes. Whatever a plugin throws comes out as a
 * {@link PluginException} that names the plugin (and the step, where there is one).
 *
 * <p>May be used from any thread: calls into the factory wait for each other, as the contract
 * promises plugins; its stages are independent.
 */
public final class LoadedPlugin {

  /** Where the host's own plugins lie: their version says all of them. */
  private static final Path HOST = Path.of("(the host itself)");

  private final String version;
  private final Path jar;
  private final PluginInfo info;
  private final Class<? extends Record> configType;
  private final ModelPluginFactory<Record> factory;
  private final PluginCalls calls;

  LoadedPlugin(String version, Path jar, FactoryDiscovery.Found found, PluginCalls calls) {
    this.version = version;
    this.jar = jar;
    this.info = found.info();
    this.configType = found.configType();
    this.factory = anyRecord(found.factory());
    this.calls = calls;
  }

  /** A plugin that the host brings itself, in no jar of its own. */
  static LoadedPlugin ofHost(String version, ModelPluginFactory<?> factory) {
    PluginInfo info = factory.info();
    return new LoadedPlugin(
        version,
        HOST,
        new FactoryDiscovery.Found(factory, info, factory.configType()),
        new PluginCalls(info.name(), LoadedPlugin.class.getClassLoader()));
  }

  @SuppressWarnings("unchecked") // ask() looks at the class before each call
  private static ModelPluginFactory<Record> anyRecord(ModelPluginFactory<?> factory) {
    return (ModelPluginFactory<Record>) factory;
  }

  /** The {@code Plugin-Id}. */
  public String id() {
    return info.name();
  }

  /** The {@code Plugin-Version}. */
  public String version() {
    return version;
  }

  /** What the plugin says of itself; its name is {@link #id}. */
  public PluginInfo info() {
    return info;
  }

  /** Where the jar lies. */
  public Path jar() {
    return jar;
  }

  /**
   * The SHA-256 of the jar's bytes as they are now, 64 lower-case hexadecimal digits: part of every
   * cache key. Reads the whole jar; keep the result.
   *
   * @throws PluginException IO if the jar cannot be read any more
   */
  public String sha256() {
    if (jar.equals(HOST)) {
      return "";
    }
    try {
      return FileDigest.sha256(jar);
    } catch (IOException e) {
      throw new PluginException(
          ErrorCode.IO, "[%s] cannot read %s: %s".formatted(id(), jar, FailureText.of(e)), e);
    }
  }

  /** The record that a step's configuration is bound to; all its components have a ConfigKey. */
  public Class<? extends Record> configType() {
    return configType;
  }

  /** The event tables that a step with this configuration reads. */
  public Set<EventKind> reads(Record config) {
    return ask("reads", config, () -> Set.copyOf(factory.reads(config)));
  }

  /** What tells the content of the files that a configuration points at; empty if of none. */
  public String content(Record config) {
    return ask("content", config, () -> factory.content(config));
  }

  /** The names of the steps whose embeddings a step with this configuration reads, in order. */
  public List<String> inputs(Record config) {
    return ask("inputs", config, () -> List.copyOf(factory.inputs(config)));
  }

  /**
   * An upper estimate of the bytes that fitting and embedding take beside the event log.
   *
   * @return bytes, or {@link ModelPluginFactory#UNKNOWN_MEMORY}
   */
  public long memoryBytes(Record config, EventLog events) {
    return ask("memoryBytes", config, () -> factory.memoryBytes(config, events));
  }

  /** A new stage; the caller closes it. It is an EmbeddingModel or an EmbeddingMerge. */
  public Stage create(Record config, PluginContext context) {
    GuardedContext guarded = new GuardedContext(context, calls);
    return stage("create", config, context, () -> factory.create(config, guarded));
  }

  /** The stage that was saved into a folder; the caller closes it. */
  public Stage open(Record config, Path modelDirectory, PluginContext context) {
    GuardedContext guarded = new GuardedContext(context, calls);
    return stage("open", config, context, () -> factory.open(config, modelDirectory, guarded));
  }

  private Stage stage(String method, Record config, PluginContext context, Supplier<Stage> body) {
    String step = context.stepName();
    Stage stage =
        ask(
            "%s of step %s".formatted(method, step),
            config,
            () -> requireNonNull(body.get(), method + " returned null"));
    return GuardedStage.guard(stage, step, calls);
  }

  private <T> T ask(String what, Record config, Supplier<T> body) {
    if (!configType.isInstance(config)) {
      throw new IllegalArgumentException(
          "plugin %s takes a %s, was given a %s"
              .formatted(id(), configType.getName(), config.getClass().getName()));
    }
    synchronized (factory) {
      return calls.ask(what, body);
    }
  }
}
