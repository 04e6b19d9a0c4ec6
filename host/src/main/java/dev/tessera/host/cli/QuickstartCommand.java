package dev.tessera.host.cli;

import dev.tessera.host.config.ConfigOverride;
import dev.tessera.host.data.StoreOptions;
import dev.tessera.host.evaluate.Evaluations;
import dev.tessera.host.evaluate.ProbeKind;
import dev.tessera.host.evaluate.Task;
import dev.tessera.host.pipeline.LimitedMemory;
import dev.tessera.host.progress.ProgressDisplay;
import dev.tessera.host.split.ChallengeSplit;
import dev.tessera.host.split.LogSplit;
import dev.tessera.host.split.SplitRequest;
import dev.tessera.host.split.SplitTables;
import dev.tessera.host.synth.ShopPreset;
import dev.tessera.host.synth.SyntheticShop;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tessera quickstart}. */
@Command(
    name = "quickstart",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a small shop's events, splits them in time, trains every plugin, merges the results, evaluates them by a quick probe and writes a report.",
      "Writes data/tiny and runs/quick in the current folder; what is there already is used again.",
      "With --data DIR it takes those events instead; DIR/input and DIR/target are written if DIR is not split yet (--mode submit splits and evaluates nothing)."
    },
    footerHeading = "%nExample:%n",
    footer = "  tessera quickstart")
final class QuickstartCommand implements Callable<Integer> {

  private static final Path DATA = Path.of("data", "tiny");
  private static final Path RUN = Path.of("runs", "quick");

  @Mixin private RunOptions options;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    boolean ownData = options.data().isPresent();
    if (!ownData) {
      makeData(out);
    }
    Path config = Installation.home().resolve("configs").resolve("quick.yaml");
    List<ConfigOverride> values = new ArrayList<>(options.overrides());
    if (!ownData) {
      values.add(0, ConfigOverride.option("quickstart", "data", DATA.toString()));
    }
    Path data = options.data().orElse(DATA);
    boolean judged = options.mode().map(mode -> mode.equalsIgnoreCase("local")).orElse(true);
    if (judged) {
      split(data, out);
      values.add(ConfigOverride.option("quickstart", "mode", "local"));
    }
    int code = Sessions.run(List.of(config), values, options, out);
    if (code == 0) {
      Path run = options.out().orElse(RUN);
      if (judged) {
        judge(run, out);
      }
      printNextSteps(run, out);
    }
    return code;
  }

  /** Leaves a folder that has targets as it is. */
  private void split(Path data, PrintWriter out) {
    if (Files.exists(data.resolve("target").resolve(SplitTables.TRAIN_TARGET))) {
      out.printf("Split in time: %s has input and targets.%n", data);
    } else {
      out.printf("Splitting %s in time: the last 28 days are what is to be predicted ...%n", data);
      try (Interruption interruption = new Interruption();
          LimitedMemory memory = LimitedMemory.of(options.memoryLimit())) {
        LogSplit split =
            new LogSplit(
                new SplitRequest(data, ChallengeSplit.TARGET_DAYS, OptionalLong.empty()),
                new StoreOptions(
                    memory.work(),
                    Runtime.getRuntime().availableProcessors(),
                    Displays.standardError(),
                    interruption::isRequested));
        memory.within(split::write);
      }
    }
    out.flush();
  }

  private void judge(Path run, PrintWriter out) {
    ProgressDisplay display = Displays.standardError();
    Path workspace = options.workspace().orElse(Path.of(".tessera"));
    Path report = run.resolve("report.html");
    try (Interruption interruption = new Interruption();
        LimitedMemory memory = LimitedMemory.of(options.memoryLimit())) {
      Evaluations.Options evaluation =
          new Evaluations.Options(
              Task.all(),
              ProbeKind.LINEAR,
              1,
              "cpu",
              Runtime.getRuntime().availableProcessors(),
              memory.watched(interruption::isRequested),
              display);
      Comparisons.Request request = new Comparisons.Request(run, Optional.empty(), workspace);
      out.println();
      ComparisonText.print(Comparisons.compareOrRead(request, evaluation, memory, display), out);
      ReportCommand.write(run, report, workspace, memory, display);
    }
    out.printf("%nReport in %s%n", report.toAbsolutePath());
    out.flush();
  }

  private static void makeData(PrintWriter out) {
    if (Files.isDirectory(DATA)) {
      out.printf("Using the events in %s (made by an earlier quickstart).%n", DATA);
      out.flush();
      return;
    }
    ProgressDisplay display = Displays.standardError();
    out.printf("Making a shop of 2,000 clients in %s ...%n", DATA);
    out.flush();
    try (Interruption interruption = new Interruption()) {
      SyntheticShop.write(
          ShopPreset.TINY.plan(),
          DATA,
          false,
          Runtime.getRuntime().availableProcessors(),
          display,
          interruption::isRequested);
    }
  }

  private static void printNextSteps(Path run, PrintWriter out) {
    out.println();
    out.println("Next:");
    out.printf("  %-44s serve the vectors over Arrow Flight%n", "tessera serve " + run);
    out.printf(
        "  %-44s score them by the organisers' network%n", "tessera compare " + run + " --full");
    out.println("  tessera fetch grpc://127.0.0.1:8815 profile --out profile.npy");
    out.println("  tessera data inspect DIR                     look at your own events");
    out.println(
        "  tessera run CONFIG --data DIR                run on them; see configs/quick.yaml");
    out.flush();
  }
}
