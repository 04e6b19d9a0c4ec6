package dev.tessera.host.evaluate;

import java.util.Arrays;

/**
 * The area under the ROC curve: the share of pairs of a positive and a negative in which the
 * positive has the larger score, a tie counting half (Hanley and McNeil, 1982). Exact.
 *
 * <p>Only the smaller class is sorted; each score is then placed among its values. Labels have few
 * positives, so that costs a fraction of sorting all.
 */
final class Auroc {

  private static final int MOST_BUCKETS = 1 << 16;

  private final float[] sorted;
  private final int[] starts;
  private final float lowest;
  private final float perUnit;

  private Auroc(float[] sorted) {
    this.sorted = sorted;
    int buckets = Math.min(MOST_BUCKETS, Integer.highestOneBit(sorted.length) << 1);
    this.lowest = sorted[0];
    float span = sorted[sorted.length - 1] - lowest;
    this.perUnit = span > 0 && Float.isFinite(buckets / span) ? buckets / span : 0;
    this.starts = new int[buckets + 2];
    // starts[b]: the first value whose bucket is at least b
    int at = 0;
    for (int bucket = 0; bucket < starts.length; bucket++) {
      while (at < sorted.length && bucket(sorted[at]) < bucket) {
        at++;
      }
      starts[bucket] = at;
    }
  }

  /**
   * The area for one label.
   *
   * @param scores of all clients, finite
   * @param positives rows of the positives, ascending
   * @return NaN if there is no positive or no negative
   */
  static double of(float[] scores, int[] positives) {
    int clients = scores.length;
    if (positives.length == 0 || positives.length == clients) {
      return Double.NaN;
    }
    boolean swap = positives.length > clients / 2;
    int[] few = swap ? others(positives, clients) : positives;
    float[] values = new float[few.length];
    for (int i = 0; i < few.length; i++) {
      values[i] = scores[few[i]];
    }
    Arrays.sort(values);
    double area = new Auroc(values).area(scores);
    return swap ? 1 - area : area;
  }

  private static int[] others(int[] rows, int all) {
    int[] others = new int[all - rows.length];
    int at = 0;
    int next = 0;
    for (int row = 0; row < all; row++) {
      if (next < rows.length && rows[next] == row) {
        next++;
      } else {
        others[at++] = row;
      }
    }
    return others;
  }

  /** The share of pairs in which the sorted class is above the rest. */
  private double area(float[] scores) {
    long few = sorted.length;
    long halves = 0;
    for (float score : scores) {
      halves += 2 * few - below(score) - notAbove(score);
    }
    // pairs within the sorted class were counted as well: each once, ties and itself as halves
    halves -= few * few;
    return halves / 2.0 / few / (scores.length - few);
  }

  private int bucket(float score) {
    float place = (score - lowest) * perUnit;
    return place <= 0 ? 0 : (int) Math.min(place, starts.length - 2);
  }

  /** How many of the sorted values are less. */
  private int below(float score) {
    int bucket = bucket(score);
    int low = starts[bucket];
    int high = starts[bucket + 1];
    while (low < high) {
      int middle = low + high >>> 1;
      if (sorted[middle] < score) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** How many of the sorted values are less or equal. */
  private int notAbove(float score) {
    int bucket = bucket(score);
    int low = starts[bucket];
    int high = starts[bucket + 1];
    while (low < high) {
      int middle = low + high >>> 1;
      if (sorted[middle] <= score) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
