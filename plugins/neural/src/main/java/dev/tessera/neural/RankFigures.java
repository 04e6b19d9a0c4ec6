package dev.tessera.neural;

/**
 * How far up in rankings the right item is: NDCG@10, the share among the first ten, the mean
 * reciprocal rank.
 */
public final class RankFigures {

  private static final int TOP = 10;

  private double ndcg;
  private double hits;
  private double reciprocal;
  private int all;
  private int ranked;

  /** The rank of an item, from 1; of equal scores the item of the lower index comes first. */
  public static int rank(float[] scores, int item) {
    float score = scores[item];
    int rank = 1;
    for (int i = 0; i < scores.length; i++) {
      rank += scores[i] > score || scores[i] == score && i < item ? 1 : 0;
    }
    return rank;
  }

  /** Adds a ranking with the right item at a rank, from 1; or one without it, 0. */
  public void add(int rank) {
    all++;
    if (rank == 0) {
      return;
    }
    ranked++;
    reciprocal += 1.0 / rank;
    if (rank <= TOP) {
      hits++;
      ndcg += Math.log(2) / Math.log(rank + 1.0);
    }
  }

  /** Mean over rankings of {@code 1 / log₂(rank + 1)}, or 0 beyond the tenth. */
  public double ndcg() {
    return mean(ndcg);
  }

  /** The share of rankings with the right item among the first ten. */
  public double hits() {
    return mean(hits);
  }

  /** Mean of {@code 1 / rank}. */
  public double reciprocal() {
    return mean(reciprocal);
  }

  /** The share of rankings that have the right item at all. */
  public double ranked() {
    return mean(ranked);
  }

  /** A sum over all rankings as a mean; 0 if there are none. */
  public double mean(double sum) {
    return sum / Math.max(1, all);
  }
}
