package dev.tessera.host.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** One task's fits over all seeds, added up. */
final class TaskRuns {

  private final List<Double> scores = new ArrayList<>();
  private final List<Fit> fits = new ArrayList<>();
  private final double[] samples;

  TaskRuns(int samples) {
    this.samples = new double[samples];
  }

  /** Adds a seed's fit and its bootstrap scores. */
  void add(Fit fit, double[] bootstrapScores) {
    // only the numbers: logits of many clients are large
    fits.add(new Fit(fit.task(), new float[0], fit.score()));
    scores.add(fit.score().score());
    for (int s = 0; s < samples.length; s++) {
      samples[s] += bootstrapScores[s];
    }
  }

  /** The sum over tasks, seed by seed and sample by sample. */
  static TaskRuns sum(List<TaskRuns> runs) {
    TaskRuns sum = new TaskRuns(runs.get(0).samples.length);
    for (int seed = 0; seed < runs.get(0).scores.size(); seed++) {
      int s = seed;
      sum.scores.add(runs.stream().mapToDouble(run -> run.scores.get(s)).sum());
    }
    for (TaskRuns run : runs) {
      for (int s = 0; s < sum.samples.length; s++) {
        sum.samples[s] += run.samples[s];
      }
    }
    return sum;
  }

  double meanScore() {
    return scores.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  /** The standard deviation of the seeds' scores around their mean, of n − 1. */
  double deviation() {
    if (scores.size() < 2) {
      return 0;
    }
    double mean = meanScore();
    double squares = scores.stream().mapToDouble(score -> (score - mean) * (score - mean)).sum();
    return Math.sqrt(squares / (scores.size() - 1));
  }

  Optional<Interval> interval() {
    return Interval.of(meanSamples());
  }

  /** [samples] the mean over seeds in each bootstrap sample. */
  double[] meanSamples() {
    double[] means = new double[samples.length];
    for (int s = 0; s < means.length; s++) {
      means[s] = samples[s] / scores.size();
    }
    return means;
  }

  TaskResult result() {
    TaskData task = fits.get(0).task();
    TaskScore score = fits.get(0).score();
    return new TaskResult(
        task.task().label(),
        task.rows().length,
        score.labels(),
        score.labelsOfBothClasses(),
        meanScore(),
        deviation(),
        interval(),
        mean(TaskScore::auroc),
        mean(TaskScore::aurocOfBothClasses),
        Evaluations.present(mean(TaskScore::novelty)),
        Evaluations.present(mean(TaskScore::diversity)),
        Optional.empty());
  }

  private double mean(ToDoubleFunction<TaskScore> part) {
    return fits.stream().map(Fit::score).mapToDouble(part).average().orElseThrow();
  }
}
