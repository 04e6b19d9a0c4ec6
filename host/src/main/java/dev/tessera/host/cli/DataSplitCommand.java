package dev.tessera.host.cli;

import dev.tessera.api.EventKind;
import dev.tessera.host.data.StoreOptions;
import dev.tessera.host.pipeline.LimitedMemory;
import dev.tessera.host.split.ChallengeSplit;
import dev.tessera.host.split.LogSplit;
import dev.tessera.host.split.SplitRequest;
import dev.tessera.host.split.SplitSummary;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tessera data split DIR}. */
@Command(
    name = "split",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Splits a folder's events in time, as the challenge does: DIR/input gets what comes before the targets, DIR/target the purchases of the two target windows.",
      "Labels, popularity and active clients are made where DIR/target has none."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tessera data split DIR",
      "  tessera data split DIR --days 7 --end 2022-11-19",
      "  tessera run configs/quick.yaml --data DIR --mode local"
    })
final class DataSplitCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "Folder with the event tables (Parquet).")
  private Path directory;

  @Option(
      names = "--days",
      paramLabel = "D",
      description = "Days of each target window (default: ${DEFAULT-VALUE}).")
  private int days = ChallengeSplit.TARGET_DAYS;

  @Option(
      names = "--end",
      paramLabel = "TIME",
      description =
          "Last instant that counts, as 2022-11-19 or '2022-11-19 23:53:15' (default: the last purchase).")
  private String end;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads; all processors if not given.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Mixin private MemoryOption memoryLimit;

  @Override
  public Integer call() {
    OptionalLong last =
        end == null ? OptionalLong.empty() : OptionalLong.of(SplitRequest.parseEnd(end));
    SplitRequest request = new SplitRequest(directory, days, last);
    try (Interruption interruption = new Interruption();
        LimitedMemory memory = memoryLimit.open()) {
      StoreOptions options =
          new StoreOptions(
              memory.work(), threads, Displays.standardError(), interruption::isRequested);
      SplitSummary summary = memory.within(() -> new LogSplit(request, options).write());
      print(summary, memory.peak(), spec.commandLine().getOut());
    }
    return 0;
  }

  private void print(SplitSummary summary, String peak, PrintWriter out) {
    TextTable table = new TextTable("table", "input", "train", "validation", "after the end");
    for (EventKind kind : EventKind.values()) {
      SplitSummary.Rows rows = summary.rows().get(kind.tableName());
      table.row(
          kind.tableName(),
          "%,d".formatted(rows.input()),
          "%,d".formatted(rows.train()),
          "%,d".formatted(rows.validation()),
          "%,d".formatted(rows.afterEnd()));
    }
    table.print(out);
    out.println();
    out.printf("train target       from %s%n", summary.trainTargetStart());
    out.printf("validation target  from %s%n", summary.validationTargetStart());
    out.printf("end                     %s%n", summary.end());
    if (summary.unknownProducts() > 0) {
      out.printf(
          "note: %,d purchases in the targets are of products without properties; they have category and price -1%n",
          summary.unknownProducts());
    }
    if (!summary.made().isEmpty()) {
      out.printf("made in target: %s%n", String.join(", ", summary.made()));
    }
    if (!summary.kept().isEmpty()) {
      out.printf("kept in target: %s%n", String.join(", ", summary.kept()));
    }
    out.printf(
        "Split in %s and %s (%s)%n", directory.resolve("input"), directory.resolve("target"), peak);
    out.flush();
  }
}
