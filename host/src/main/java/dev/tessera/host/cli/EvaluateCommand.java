package dev.tessera.host.cli;

import dev.tessera.host.evaluate.EmbeddingMatrix;
import dev.tessera.host.evaluate.EvaluationResult;
import dev.tessera.host.evaluate.Evaluations;
import dev.tessera.host.evaluate.JudgedEmbeddings;
import dev.tessera.host.evaluate.ProbeKind;
import dev.tessera.host.evaluate.TargetFolder;
import dev.tessera.host.pipeline.LimitedMemory;
import dev.tessera.host.progress.ProgressDisplay;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.arrow.memory.BufferAllocator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tessera evaluate NAME… --data DIR}. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Scores embeddings on the challenge's six tasks: a probe learns from the first target window and is scored on the second.",
      "The data must be split ('tessera data split DIR') and the embeddings made with --mode local: others have seen the targets and are refused."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tessera evaluate runs/quick --data DIR --probe linear      every step of a run, in seconds",
      "  tessera evaluate runs/quick/embeddings_local/profile --data DIR      the organisers' network",
      "  tessera evaluate runs/quick --data DIR --tasks churn,conversion --seeds 5 --json"
    })
final class EvaluateCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "NAME",
      arity = "1..*",
      description =
          "Folder with client_ids.npy and embeddings.npy, or a run (all its steps), or RUN/STEP.")
  private List<Path> names;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The data folder that was split (default: that of the run).")
  private Path data;

  @Option(
      names = "--probe",
      paramLabel = "linear|small|full",
      description =
          "full: the organisers' network. small: the same with 256/512 units. linear: logistic regression, in seconds (default: ${DEFAULT-VALUE}).")
  private ProbeKind probe = ProbeKind.FULL;

  @Mixin private JudgeOptions options;

  @Mixin private MemoryOption memoryLimit;

  @Override
  public Integer call() {
    ProgressDisplay display = Displays.standardError();
    try (Interruption interruption = new Interruption();
        LimitedMemory memory = memoryLimit.open()) {
      Evaluations.Options evaluation =
          options.evaluation(probe, memory.watched(interruption::isRequested), display);
      JudgedEmbeddings judged = JudgedEmbeddings.open(names, Optional.ofNullable(data));
      memory.within(() -> print(judged, evaluation, memory.work()));
      spec.commandLine().getErr().println(memory.peak());
    }
    return 0;
  }

  private List<EvaluationResult> print(
      JudgedEmbeddings judged, Evaluations.Options evaluation, BufferAllocator allocator) {
    PrintWriter out = spec.commandLine().getOut();
    Evaluations evaluations =
        new Evaluations(TargetFolder.read(judged.data(), allocator), evaluation);
    List<EvaluationResult> results = new ArrayList<>();
    for (EmbeddingMatrix embedding : judged.embeddings()) {
      EvaluationResult result = evaluations.evaluate(embedding);
      results.add(result);
      if (!options.json()) {
        EvaluationText.print(result, out);
      }
    }
    if (options.json()) {
      EvaluationText.printJson(results, out);
    }
    return results;
  }
}
