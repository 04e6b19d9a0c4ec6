package dev.tessera.host.cli;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.host.data.DataSource;
import dev.tessera.host.data.EventStore;
import dev.tessera.host.data.StoreOptions;
import dev.tessera.host.evaluate.Comparison;
import dev.tessera.host.evaluate.RunComparison;
import dev.tessera.host.pipeline.LimitedMemory;
import dev.tessera.host.pipeline.Manifest;
import dev.tessera.host.pipeline.RunFolder;
import dev.tessera.host.progress.ProgressDisplay;
import dev.tessera.host.report.HtmlReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tessera report RUN}. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Writes a run as one HTML file that works offline: steps, training, embeddings, a map of the clients, neighbours, and the comparison that 'tessera compare' left in the run's folder."
    },
    footerHeading = "%nExample:%n",
    footer = "  tessera compare runs/quick && tessera report runs/quick")
final class ReportCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "RUN", description = "Output folder of a run.")
  private Path run;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "The file to write (default: RUN/report.html).")
  private Path out;

  @Option(
      names = "--workspace",
      paramLabel = "DIR",
      description = "Where event stores are kept (default: .tessera).")
  private Path workspace = Path.of(".tessera");

  @Mixin private MemoryOption memoryLimit;

  @Override
  public Integer call() {
    Path file = out == null ? run.resolve("report.html") : out;
    if (out != null) {
      OutputFile.require("--out", out);
    }
    ProgressDisplay display = Displays.standardError();
    PrintWriter text = spec.commandLine().getOut();
    try (LimitedMemory memory = memoryLimit.open()) {
      write(run, file, workspace, memory, display);
      text.printf("Report in %s (%s)%n", file, memory.peak());
    }
    text.flush();
    return 0;
  }

  /** Writes the report of a run. */
  static void write(
      Path run, Path file, Path workspace, LimitedMemory memory, ProgressDisplay display) {
    RunFolder folder = new RunFolder(run);
    Manifest manifest = folder.manifest();
    List<String> notes = new ArrayList<>();
    Optional<Comparison> comparison = Comparison.read(run);
    if (comparison.isEmpty()) {
      notes.add(
          "not evaluated: 'tessera compare %s' does so, for runs in mode local".formatted(run));
    } else if (!comparison.get().keys().equals(RunComparison.keys(folder))) {
      notes.add(
          "the comparison was made before some steps were run anew; 'tessera compare %s' makes it again"
              .formatted(run));
    }
    DataSource source = new DataSource(Path.of(manifest.data().folder()), manifest.data().mode());
    StoreOptions options =
        new StoreOptions(
            memory.work(), Runtime.getRuntime().availableProcessors(), display, () -> false);
    memory.within(
        () -> {
          try (EventStore store = EventStore.open(source, workspace, options)) {
            return new HtmlReport(folder, comparison, notes).write(file, Optional.of(store.log()));
          } catch (PluginException e) {
            if (e.code() == ErrorCode.IO || e.code() == ErrorCode.OUT_OF_MEMORY) {
              throw e;
            }
            notes.add("no map and no neighbours, for the events cannot be read: " + e.getMessage());
            return new HtmlReport(folder, comparison, notes).write(file, Optional.empty());
          }
        });
  }
}
