package dev.tessera.host.evaluate;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The challenge's metrics of one task's predictions, in float64.
 *
 * <p>With {@code σ} the sigmoid of a client's logits: diversity is the mean over clients of {@code
 * −Σ p log₂(p + 1e-9) / log₂ L} with {@code p = σ / Σσ}; novelty is {@code (1 − mean over clients
 * of (Σ over the k labels of largest σ of σ · popularity) / (sum of the k largest
 * popularities))¹⁰⁰}, k = min(10, L).
 */
final class TaskMetrics {

  static final int TOP = 10;
  static final int NOVELTY_POWER = 100;
  private static final double EPSILON = 1e-9;

  /** Logits of as many labels are gathered at a time: one line of the cache for each client. */
  private static final int LABELS_AT_ONCE = 16;

  private static final int ROWS_AT_ONCE = 4096;

  private final Task task;
  private final float[] logits;
  private final TargetMatrix targets;
  private final double[] popularity;

  /**
   * Metrics of predictions.
   *
   * @param logits [N · L], finite
   * @param targets [N, L]
   * @param popularity [L] for a propensity, whose sum is positive; else empty
   */
  TaskMetrics(Task task, float[] logits, TargetMatrix targets, double[] popularity) {
    this.task = task;
    this.logits = logits;
    this.targets = targets;
    this.popularity = popularity;
    if (logits.length != (long) targets.rows() * targets.labels()) {
      throw new IllegalArgumentException(
          "%d logits for %d clients × %d labels"
              .formatted(logits.length, targets.rows(), targets.labels()));
    }
  }

  /** The score over all clients. */
  TaskScore score() {
    double[] areas = aurocs();
    double sum = 0;
    int defined = 0;
    for (double area : areas) {
      if (!Double.isNaN(area)) {
        sum += area;
        defined++;
      }
    }
    double auroc = sum / areas.length;
    double novelty = task.isPropensity() ? novelty(mean(popularityOfTops())) : Double.NaN;
    double diversity = task.isPropensity() ? mean(diversities()) : Double.NaN;
    return new TaskScore(
        TaskScore.score(task.isPropensity(), auroc, novelty, diversity),
        auroc,
        defined == 0 ? Double.NaN : sum / defined,
        novelty,
        diversity,
        areas.length,
        defined);
  }

  static double novelty(double meanPopularity) {
    return Math.pow(1 - meanPopularity, NOVELTY_POWER);
  }

  /** [L] the area of each label, NaN where a class is missing. */
  double[] aurocs() {
    double[] areas = new double[targets.labels()];
    for (int from = 0; from < areas.length; from += LABELS_AT_ONCE) {
      int first = from;
      float[][] scores = columns(from, Math.min(areas.length, from + LABELS_AT_ONCE));
      IntStream.range(0, scores.length)
          .parallel()
          .forEach(i -> areas[first + i] = Auroc.of(scores[i], targets.positives(first + i)));
    }
    return areas;
  }

  /** Logits of some labels, each label's together. */
  float[][] columns(int from, int to) {
    int rows = targets.rows();
    int labels = targets.labels();
    float[][] columns = new float[to - from][rows];
    blocks()
        .forEach(
            firstRow -> {
              int last = Math.min(rows, firstRow + ROWS_AT_ONCE);
              for (int row = firstRow; row < last; row++) {
                for (int label = from; label < to; label++) {
                  columns[label - from][row] = logits[row * labels + label];
                }
              }
            });
    return columns;
  }

  /** [N] how evenly each client's probability lies on the labels, 0 to 1. */
  double[] diversities() {
    int labels = targets.labels();
    double[] entropies = new double[targets.rows()];
    double most = Math.log(labels);
    blocks()
        .forEach(
            firstRow -> {
              double[] sigmoids = new double[labels];
              int last = Math.min(entropies.length, firstRow + ROWS_AT_ONCE);
              for (int row = firstRow; row < last; row++) {
                double sum = 0;
                for (int label = 0; label < labels; label++) {
                  sigmoids[label] = sigmoid(logits[row * labels + label]);
                  sum += sigmoids[label];
                }
                double entropy = 0;
                for (double sigmoid : sigmoids) {
                  double p = sum > 0 ? sigmoid / sum : 0;
                  entropy -= p * Math.log(p + EPSILON);
                }
                entropies[row] = entropy / most;
              }
            });
    return entropies;
  }

  /** [N] the popularity of what each client is thought to want most, weighted; about 0 to 1. */
  double[] popularityOfTops() {
    int labels = targets.labels();
    int k = Math.min(TOP, labels);
    double[] ranked = popularity.clone();
    Arrays.sort(ranked);
    double most = Arrays.stream(ranked, labels - k, labels).sum();
    double[] shares = new double[targets.rows()];
    blocks()
        .forEach(
            firstRow -> {
              int[] top = new int[k];
              int last = Math.min(shares.length, firstRow + ROWS_AT_ONCE);
              for (int row = firstRow; row < last; row++) {
                selectTop(row * labels, labels, top);
                double sum = 0;
                for (int label : top) {
                  sum += sigmoid(logits[row * labels + label]) * popularity[label];
                }
                shares[row] = sum / most;
              }
            });
    return shares;
  }

  /** Fills {@code top} with the labels of the largest logits, the largest first. */
  private void selectTop(int at, int labels, int[] top) {
    int filled = 0;
    for (int label = 0; label < labels; label++) {
      float logit = logits[at + label];
      if (filled == top.length && logit <= logits[at + top[filled - 1]]) {
        continue;
      }
      int place = filled < top.length ? filled++ : filled - 1;
      while (place > 0 && logits[at + top[place - 1]] < logit) {
        top[place] = top[place - 1];
        place--;
      }
      top[place] = label;
    }
  }

  private IntStream blocks() {
    int blocks = (targets.rows() + ROWS_AT_ONCE - 1) / ROWS_AT_ONCE;
    return IntStream.range(0, blocks).parallel().map(block -> block * ROWS_AT_ONCE);
  }

  private static double sigmoid(float x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
