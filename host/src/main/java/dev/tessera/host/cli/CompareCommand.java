package dev.tessera.host.cli;

import dev.tessera.host.evaluate.Comparison;
import dev.tessera.host.evaluate.Evaluations;
import dev.tessera.host.evaluate.ProbeKind;
import dev.tessera.host.pipeline.LimitedMemory;
import dev.tessera.host.progress.ProgressDisplay;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tessera compare RUN}. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Ranks a run's embeddings: each model's, each merge, the merge without each of its inputs, and aggregated counts as a baseline.",
      "Says which inputs do not pay. Keeps the result as comparison.json in the run's folder, where 'tessera report' finds it."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tessera compare runs/quick              the quick probe",
      "  tessera compare runs/quick --full       the organisers' network"
    })
final class CompareCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "RUN", description = "Output folder of a run in mode local.")
  private Path run;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The data folder that was split (default: that of the run).")
  private Path data;

  @Option(
      names = "--probe",
      paramLabel = "linear|small|full",
      description = "What learns the tasks (default: ${DEFAULT-VALUE}).")
  private ProbeKind probe = ProbeKind.LINEAR;

  @Option(names = "--full", description = "As --probe full.")
  private boolean full;

  @Option(
      names = "--workspace",
      paramLabel = "DIR",
      description = "Where event stores are kept (default: .tessera).")
  private Path workspace = Path.of(".tessera");

  @Mixin private JudgeOptions options;

  @Mixin private MemoryOption memoryLimit;

  @Override
  public Integer call() {
    ProgressDisplay display = Displays.standardError();
    try (Interruption interruption = new Interruption();
        LimitedMemory memory = memoryLimit.open()) {
      Evaluations.Options evaluation =
          options.evaluation(
              full ? ProbeKind.FULL : probe, memory.watched(interruption::isRequested), display);
      Comparison comparison =
          Comparisons.compare(
              new Comparisons.Request(run, Optional.ofNullable(data), workspace),
              evaluation,
              memory,
              display);
      if (options.json()) {
        EvaluationText.printJson(comparison, spec.commandLine().getOut());
      } else {
        ComparisonText.print(comparison, spec.commandLine().getOut());
      }
      spec.commandLine().getErr().println(memory.peak());
    }
    return 0;
  }
}
