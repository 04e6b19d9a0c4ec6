package dev.tessera.host.cli;

import dev.tessera.host.flight.LiveCatalog;
import dev.tessera.host.flight.RunCatalog;
import dev.tessera.host.live.LiveRun;
import dev.tessera.host.plugin.PluginRegistry;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;

/** The runs that a server embeds events with, and their plugins; none unless asked for. */
final class LiveRuns implements AutoCloseable {

  private final PluginRegistry plugins;
  private final Map<String, LiveRun> runs = new LinkedHashMap<>();

  private LiveRuns(PluginRegistry plugins) {
    this.plugins = plugins;
  }

  /**
   * Opens the runs' models.
   *
   * @param runs empty if nothing is to be embedded
   * @param allocator of the models; outlives the result
   */
  static LiveRuns open(List<Path> runs, LiveOptions options, BufferAllocator allocator) {
    if (runs.isEmpty()) {
      return new LiveRuns(PluginRegistry.load(List.of()));
    }
    LiveRun.Options settings = options.options();
    LiveRuns live = new LiveRuns(PluginRegistry.load(options.pluginFolders()));
    try {
      for (Path run : runs) {
        live.runs.put(
            RunCatalog.prefix(run, runs.size()),
            LiveRun.open(run, live.plugins, settings, allocator));
      }
      return live;
    } catch (RuntimeException | Error e) {
      live.close();
      throw e;
    }
  }

  LiveCatalog catalog() {
    return new LiveCatalog(runs);
  }

  /** What can be embedded with, and what the user should know. */
  void print(PrintWriter out) {
    if (runs.isEmpty()) {
      return;
    }
    runs.values().stream()
        .flatMap(run -> run.warnings().stream())
        .forEach(line -> out.println("warning: " + line));
    LiveCatalog catalog = catalog();
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
