package dev.tessera.host.evaluate;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginContext.Progress;
import dev.tessera.api.PluginException;
import dev.tessera.host.progress.ProgressDisplay;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Evaluates embeddings on the tasks of one data folder. */
public final class Evaluations {

  /** The organisers' seed; others count up from it. */
  static final long FIRST_SEED = 1278;

  private final TargetFolder targets;
  private final Options options;

  /**
   * How to evaluate.
   *
   * @param tasks which
   * @param probe what learns
   * @param seeds how often, 1 to 100
   * @param device where a network computes, {@code cpu} or {@code cuda:N}
   * @param threads of the products
   * @param cancelled asked often; true ends the work
   * @param display where it shows how far it is
   */
  public record Options(
      List<Task> tasks,
      ProbeKind probe,
      int seeds,
      String device,
      int threads,
      BooleanSupplier cancelled,
      ProgressDisplay display) {

    private static final int MOST_SEEDS = 100;

    /** Checks the numbers. */
    public Options {
      tasks = List.copyOf(tasks);
      if (seeds < 1 || seeds > MOST_SEEDS) {
        throw new PluginException(
            ErrorCode.INVALID_CONFIG,
            "seeds must be in 1..%d, was %d".formatted(MOST_SEEDS, seeds));
      }
    }
  }

  /** Evaluations against some targets. */
  public Evaluations(TargetFolder targets, Options options) {
    this.targets = targets;
    this.options = options;
  }

  /**
   * Evaluates one embedding.
   *
   * @throws PluginException if the data lacks one of its clients, a value is not finite, or no task
   *     can be scored
   */
  public EvaluationResult evaluate(EmbeddingMatrix embedding) {
    long start = System.nanoTime();
    embedding.requireFinite();
    List<TaskData> tasks = targets.tasks(embedding, options.tasks());
    List<TaskData> scored = tasks.stream().filter(task -> task.whyNot().isEmpty()).toList();
    if (scored.isEmpty()) {
      throw new PluginException(
          ErrorCode.INVALID_DATA,
          "%s: no task can be scored: %s"
              .formatted(
                  embedding,
                  String.join(
                      "; ",
                      tasks.stream()
                          .map(task -> task.task().label() + ": " + task.whyNot().orElse(""))
                          .toList())));
    }
    Probe probe = options.probe().probe(options.device(), options.threads());
    int seeds = probe.isRandom() ? options.seeds() : 1;
    Bootstrap bootstrap =
        new Bootstrap(
            embedding.rows(),
            scored.stream().mapToInt(TaskData::labels).max().orElseThrow(),
            FIRST_SEED);
    List<TaskRuns> runs = scored.stream().map(task -> new TaskRuns(bootstrap.samples())).toList();
    try (Progress progress =
        options
            .display()
            .start("evaluating " + embedding.name(), "fits", (long) seeds * scored.size())) {
      for (int seed = 0; seed < seeds; seed++) {
        List<Fit> fits =
            probe.fit(embedding, scored, FIRST_SEED + seed, options.cancelled(), progress);
        for (int t = 0; t < fits.size(); t++) {
          check(options.cancelled());
          runs.get(t).add(fits.get(t), bootstrap.scores(fits.get(t)));
        }
      }
    }
    return result(embedding, tasks, runs, seeds, (System.nanoTime() - start) / 1e9);
  }

  private EvaluationResult result(
      EmbeddingMatrix embedding,
      List<TaskData> tasks,
      List<TaskRuns> runs,
      int seeds,
      double seconds) {
    List<TaskResult> results = new ArrayList<>();
    int next = 0;
    for (TaskData task : tasks) {
      results.add(task.whyNot().isPresent() ? TaskResult.none(task) : runs.get(next++).result());
    }
    TaskRuns sum = TaskRuns.sum(runs);
    return new EvaluationResult(
        embedding.name(),
        embedding.dimension(),
        embedding.rows(),
        options.probe(),
        seeds,
        results,
        sum.meanScore(),
        sum.deviation(),
        sum.interval(),
        seconds,
        sum.meanSamples());
  }

  static void check(BooleanSupplier cancelled) {
    if (cancelled.getAsBoolean()) {
      throw new PluginException(ErrorCode.CANCELLED, "the evaluation was cancelled");
    }
  }

  /** What the options were. */
  public Options options() {
    return options;
  }

  static Optional<Double> present(double value) {
    return Double.isNaN(value) ? Optional.empty() : Optional.of(value);
  }
}
