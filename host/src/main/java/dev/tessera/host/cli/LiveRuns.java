package dev.tessera.host.cli;

import dev.tessera.host.flight.LiveCatalog;
import dev.tessera.host.flight.ModelOpener;
import dev.tessera.host.flight.RunCatalog;
import dev.tessera.host.flight.StoreCatalog;
import dev.tessera.host.live.LiveRun;
import dev.tessera.host.plugin.PluginRegistry;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;

/** The plugins by which a server embeds events, and the runs whose models it keeps open. */
final class LiveRuns implements AutoCloseable {

  private final PluginRegistry plugins;
  private final ModelOpener opener;
  private final Map<String, LiveRun> runs = new LinkedHashMap<>();

  private LiveRuns(PluginRegistry plugins, ModelOpener opener) {
    this.plugins = plugins;
    this.opener = opener;
  }

  /**
   * Opens the runs' models.
   *
   * @param runs perhaps empty: a store's models are opened by {@link #opener}
   * @param allocator of the models; outlives the result
   */
  static LiveRuns open(List<Path> runs, LiveOptions options, BufferAllocator allocator) {
    LiveRun.Options settings = options.options();
    PluginRegistry plugins = PluginRegistry.load(options.pluginFolders());
    LiveRuns live = new LiveRuns(plugins, run -> LiveRun.open(run, plugins, settings, allocator));
    try {
      for (Path run : runs) {
        live.runs.put(RunCatalog.prefix(run, runs.size()), live.opener.open(run));
      }
      return live;
    } catch (RuntimeException | Error e) {
      live.close();
      throw e;
    }
  }

  /** Opens models by these plugins; to be closed before this object. */
  ModelOpener opener() {
    return opener;
  }

  /** Everything that events can be embedded with. */
  LiveCatalog catalog(Optional<StoreCatalog> store) {
    return new LiveCatalog(runs, store);
  }

  /** What can be embedded with, and what the user should know. */
  void print(LiveCatalog catalog, PrintWriter out) {
    runs.values().stream()
        .flatMap(run -> run.warnings().stream())
        .forEach(line -> out.println("warning: " + line));
    catalog
        .missing()
        .forEach((step, why) -> out.printf("warning: %s cannot embed events: %s%n", step, why));
    out.printf("embedding events with %s%n", String.join(", ", catalog.names()));
  }

  @Override
  public void close() {
    runs.values().forEach(LiveRun::close);
    plugins.close();
  }
}
