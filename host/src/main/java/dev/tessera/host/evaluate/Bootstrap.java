package dev.tessera.host.evaluate;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * How far a score would move with other clients: it is computed again for samples of as many
 * clients, drawn with replacement (Efron, 1979). All tasks see the same samples, so that their sum
 * has an interval as well.
 *
 * <p>A label that lacks a class in a sample is left out of that sample's mean; a sample in which no
 * label has both is left out.
 */
final class Bootstrap {

  private static final int MOST_SAMPLES = 200;
  private static final int LEAST_SAMPLES = 50;

  /** Clients × labels × samples that a task may cost; more clients get fewer samples. */
  private static final double WORK = 4e9;

  private static final long SALT = 0x626f6f74L;

  private final int clients;
  private final int[][] counts;

  /**
   * Draws samples.
   *
   * @param clients rows of the embedding
   * @param labels of the task that has most
   */
  Bootstrap(int clients, int labels, long seed) {
    this.clients = clients;
    int samples =
        (int) Math.max(LEAST_SAMPLES, Math.min(MOST_SAMPLES, WORK / ((double) clients * labels)));
    this.counts = new int[samples][];
    SplittableRandom random = new SplittableRandom(seed ^ SALT);
    SplittableRandom[] randoms = new SplittableRandom[samples];
    for (int s = 0; s < samples; s++) {
      randoms[s] = random.split();
    }
    IntStream.range(0, samples).parallel().forEach(s -> counts[s] = draw(randoms[s]));
  }

  private int[] draw(SplittableRandom random) {
    int[] drawn = new int[clients];
    for (int i = 0; i < clients; i++) {
      drawn[random.nextInt(clients)]++;
    }
    return drawn;
  }

  int samples() {
    return counts.length;
  }

  /** [samples] the score in each sample; NaN where no label has both classes. */
  double[] scores(Fit fit) {
    TaskData task = fit.task();
    TaskMetrics metrics = task.metrics(fit.logits());
    int[][] weights = new int[counts.length][];
    for (int s = 0; s < counts.length; s++) {
      int[] ofRows = new int[task.rows().length];
      for (int i = 0; i < ofRows.length; i++) {
        ofRows[i] = counts[s][task.rows()[i]];
      }
      weights[s] = ofRows;
    }
    double[][] areas = areas(metrics, task.validation(), weights);
    boolean propensity = task.task().isPropensity();
    double[] diversities = propensity ? metrics.diversities() : new double[0];
    double[] tops = propensity ? metrics.popularityOfTops() : new double[0];
    double[] scores = new double[counts.length];
    double shareOfBothClasses = (double) fit.score().labelsOfBothClasses() / fit.score().labels();
    for (int s = 0; s < scores.length; s++) {
      double auroc = mean(areas[s]) * shareOfBothClasses;
      double novelty = propensity ? TaskMetrics.novelty(mean(tops, weights[s])) : Double.NaN;
      double diversity = propensity ? mean(diversities, weights[s]) : Double.NaN;
      scores[s] = TaskScore.score(propensity, auroc, novelty, diversity);
    }
    return scores;
  }

  /** [samples][labels] */
  private static double[][] areas(TaskMetrics metrics, TargetMatrix targets, int[][] weights) {
    double[][] areas = new double[weights.length][targets.labels()];
    for (int label = 0; label < targets.labels(); label++) {
      int l = label;
      float[] scores = metrics.columns(label, label + 1)[0];
      int[] order = order(scores);
      boolean[] positive = new boolean[scores.length];
      for (int row : targets.positives(label)) {
        positive[row] = true;
      }
      IntStream.range(0, weights.length)
          .parallel()
          .forEach(s -> areas[s][l] = area(scores, order, positive, weights[s]));
    }
    return areas;
  }

  private static int[] order(float[] scores) {
    long[] keys = new long[scores.length];
    for (int i = 0; i < keys.length; i++) {
      int bits = Float.floatToIntBits(scores[i] + 0.0f); // -0 becomes 0
      int ordered = bits ^ (bits >> 31 & Integer.MAX_VALUE);
      keys[i] = (long) ordered << 32 | i;
    }
    Arrays.parallelSort(keys);
    int[] order = new int[keys.length];
    for (int i = 0; i < order.length; i++) {
      order[i] = (int) keys[i];
    }
    return order;
  }

  /** The area with each row counted so many times; NaN if a class is missing. */
  static double area(float[] scores, int[] order, boolean[] positive, int[] weights) {
    long negatives = 0;
    long positives = 0;
    long halves = 0;
    for (int i = 0; i < order.length; ) {
      float score = scores[order[i]];
      long tiedNegatives = 0;
      long tiedPositives = 0;
      for (; i < order.length && scores[order[i]] == score; i++) {
        if (positive[order[i]]) {
          tiedPositives += weights[order[i]];
        } else {
          tiedNegatives += weights[order[i]];
        }
      }
      halves += tiedPositives * (2 * negatives + tiedNegatives);
      negatives += tiedNegatives;
      positives += tiedPositives;
    }
    return positives == 0 || negatives == 0 ? Double.NaN : halves / 2.0 / positives / negatives;
  }

  private static double mean(double[] values) {
    double sum = 0;
    int count = 0;
    for (double value : values) {
      if (!Double.isNaN(value)) {
        sum += value;
        count++;
      }
    }
    return count == 0 ? Double.NaN : sum / count;
  }

  private static double mean(double[] values, int[] weights) {
    double sum = 0;
    long count = 0;
    for (int i = 0; i < values.length; i++) {
      sum += weights[i] * values[i];
      count += weights[i];
    }
    return count == 0 ? Double.NaN : sum / count;
  }
}
