package dev.tessera.plugin.merge;

/**
 * Maps values to their share of smaller values (uniform), or that share to the normal distribution.
 *
 * <p>With quantiles Q at references r (0 … 1), as scikit-learn's QuantileTransformer: {@code
 * 0.5·(interp(v; Q → r) − interp(−v; −Q reversed → −r reversed))}, so that tied values get the
 * middle of their range; the last quantile gives 1, then the first 0. Both interpolations share one
 * search and one table of slopes, with bit-equal results.
 */
final class QuantileScaler implements Scaler {

  /** References, if there are as many rows. */
  static final int MOST_QUANTILES = 1000;

  /** Shares nearer to 0 and 1 than this count as it, so that the normal's tails stay finite. */
  private static final double NORMAL_MARGIN = 1e-7;

  private static final double NORMAL_MIN = InverseNormal.at(NORMAL_MARGIN - Math.ulp(1.0));
  private static final double NORMAL_MAX = InverseNormal.at(1 - (NORMAL_MARGIN - Math.ulp(1.0)));

  private final double[][] quantiles;
  private final boolean normal;
  private final double[] references;
  private final double[][] slopes;
  private final int[][] firstEqual;

  /**
   * Takes over the arrays.
   *
   * @param quantiles [K or 1][references] non-decreasing
   * @param normal whether shares are mapped on to the normal distribution
   */
  QuantileScaler(double[][] quantiles, boolean normal) {
    this.quantiles = quantiles;
    this.normal = normal;
    int count = quantiles[0].length;
    references = Quantiles.references(count);
    slopes = new double[quantiles.length][count];
    firstEqual = new int[quantiles.length][count];
    for (int c = 0; c < quantiles.length; c++) {
      double[] q = quantiles[c];
      for (int i = 1; i < count; i++) {
        slopes[c][i - 1] = (references[i] - references[i - 1]) / (q[i] - q[i - 1]);
        firstEqual[c][i] = q[i] == q[i - 1] ? firstEqual[c][i - 1] : i;
      }
    }
  }

  /** [K or 1][references], not a copy. */
  double[][] quantiles() {
    return quantiles;
  }

  boolean normal() {
    return normal;
  }

  @Override
  public void scale(double[] values, int rows, int columns) {
    for (int j = 0; j < columns; j++) {
      int c = quantiles.length == 1 ? 0 : j;
      for (int i = j; i < rows * columns; i += columns) {
        double value = values[i];
        values[i] = normal ? normal(c, value) : uniform(c, value);
      }
    }
  }

  private double uniform(int c, double value) {
    double[] q = quantiles[c];
    if (value == q[0]) {
      return 0;
    }
    return value == q[q.length - 1] ? 1 : share(c, value);
  }

  private double normal(int c, double value) {
    double[] q = quantiles[c];
    double share;
    if (value - NORMAL_MARGIN < q[0]) {
      share = 0;
    } else if (value + NORMAL_MARGIN > q[q.length - 1]) {
      share = 1;
    } else {
      share = share(c, value);
    }
    return Math.min(NORMAL_MAX, Math.max(NORMAL_MIN, InverseNormal.at(share)));
  }

  private double share(int c, double value) {
    double[] q = quantiles[c];
    int last = q.length - 1;
    if (value < q[0]) {
      return references[0];
    }
    if (value > q[last]) {
      return references[last];
    }
    int below = lastNotAbove(q, value);
    if (q[below] == value) {
      return 0.5 * (references[below] + references[firstEqual[c][below]]);
    }
    double slope = slopes[c][below];
    double up = slope * (value - q[below]) + references[below];
    double down = slope * (q[below + 1] - value) - references[below + 1];
    return 0.5 * (up - down);
  }

  /** The last index with {@code q[index] <= value}; q[0] is. Without a branch to mispredict. */
  private static int lastNotAbove(double[] q, double value) {
    int base = 0;
    for (int length = q.length; length > 1; ) {
      int half = length >>> 1;
      base = q[base + half] <= value ? base + half : base;
      length -= half;
    }
    return base;
  }
}
