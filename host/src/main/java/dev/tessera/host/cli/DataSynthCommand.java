package dev.tessera.host.cli;

import dev.tessera.api.EventKind;
import dev.tessera.host.progress.ProgressDisplay;
import dev.tessera.host.synth.ShopPlan;
import dev.tessera.host.synth.ShopPreset;
import dev.tessera.host.synth.ShopSummary;
import dev.tessera.host.synth.SyntheticShop;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tessera data synth}: generates challenge-like data. */
@Command(
    name = "synth",
    description = {
      "Generate a shop's event log with real signal, laid out as the RecSys Challenge 2025 data:",
      "events and products in OUT, the input part in OUT/input, targets in OUT/target."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  tessera data synth data/tiny",
      "  tessera data synth data/shop --preset small --clients 50000 --days 120",
      "  tessera data synth data/other --seed 7",
      "  tessera data synth data/synerise --preset synerise --threads 8",
      "",
      "Sizes, about:",
      "  tiny          2,000 relevant clients of      2,500,   0.16 million events",
      "  small        20,000 relevant clients of     30,000,   1.5  million events",
      "  medium      200,000 relevant clients of    600,000,  16    million events",
      "  synerise  1,000,000 relevant clients of 18,900,000, 169    million events"
    })
final class DataSynthCommand implements Callable<Integer> {

  private final ProgressDisplay display;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "OUT", description = "Folder to create; it appears when all is done.")
  private Path out;

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      defaultValue = "tiny",
      converter = PresetName.class,
      completionCandidates = PresetName.class,
      description = "Size: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private ShopPreset preset;

  @Option(
      names = "--clients",
      paramLabel = "N",
      description = "Relevant clients, instead of the preset's; passers-by come on top.")
  private Optional<Integer> clients = Optional.empty();

  @Option(
      names = "--days",
      paramLabel = "D",
      description = "Length of the log, at least 35 (default: 150).")
  private Optional<Integer> days = Optional.empty();

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Another seed makes another shop (default: 42).")
  private Optional<Long> seed = Optional.empty();

  @Option(
      names = "--threads",
      paramLabel = "T",
      description = "Threads; the files do not depend on them (default: all processors).")
  private Optional<Integer> threads = Optional.empty();

  @Option(names = "--force", description = "Replace OUT if it holds generated data.")
  private boolean force;

  /** Shows progress on standard error: bars on a terminal, else lines. */
  DataSynthCommand() {
    this(Displays.standardError());
  }

  DataSynthCommand(ProgressDisplay display) {
    this.display = display;
  }

  @Override
  public Integer call() {
    int workers = threads.orElse(Runtime.getRuntime().availableProcessors());
    long start = System.nanoTime();
    try (Interruption interruption = new Interruption()) {
      ShopSummary summary =
          SyntheticShop.write(plan(), out, force, workers, display, interruption::isRequested);
      print(summary, (System.nanoTime() - start) / 1e9);
      return 0;
    }
  }

  private ShopPlan plan() {
    ShopPlan plan = preset.plan();
    return plan.withRelevantClients(clients.orElse(plan.relevantClients()))
        .withDays(days.orElse(plan.days()))
        .withSeed(seed.orElse(plan.seed()));
  }

  private void print(ShopSummary summary, double seconds) {
    PrintWriter text = spec.commandLine().getOut();
    for (EventKind kind : EventKind.values()) {
      text.printf("%-18s %,15d rows%n", kind.tableName(), summary.rows().get(kind));
    }
    text.printf(
        "%-18s %,15d of %,d clients%n", "relevant", summary.relevantClients(), summary.clients());
    text.printf(
        "%s: %,d events in %.1f s (%.2f million events/s)%n",
        out, summary.events(), seconds, summary.events() / seconds / 1e6);
    text.flush();
  }
}
