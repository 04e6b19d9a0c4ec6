package dev.tessera.host.flight;

import java.util.Random;

/**
 * {@code y = A (x - m)}, with A [K, D]. Sums in float64, in a fixed order: the same bytes on every
 * machine. Holds room for one result: for one thread at a time.
 */
final class LinearMap {

  /** [D][K]: a column of A after the other, so that one value of x goes into all of y at once. */
  private final double[][] columns;

  private final double[] means;
  private final double[] sums;
  private final float[] result;

  /**
   * A map.
   *
   * @param columns [D][K], lent
   * @param means [D], lent
   * @param dimension K
   */
  LinearMap(double[][] columns, double[] means, int dimension) {
    this.columns = columns;
    this.means = means;
    this.sums = new double[dimension];
    this.result = new float[dimension];
  }

  /**
   * A random projection which keeps distances on average (Johnson and Lindenstrauss): normal
   * deviates of variance 1 / K, drawn row after row from {@link Random}, whose algorithm is fixed
   * by its contract.
   */
  static LinearMap gaussian(int from, int dimension, long seed) {
    Random random = new Random(seed);
    double scale = 1 / Math.sqrt(dimension);
    double[][] columns = new double[from][dimension];
    for (int k = 0; k < dimension; k++) {
      for (int d = 0; d < from; d++) {
        columns[d][k] = scale * random.nextGaussian();
      }
    }
    return new LinearMap(columns, new double[from], dimension);
  }

  /** The image of {@code x[0 … D-1]}; lent until the next call. */
  float[] apply(float[] x) {
    int dimension = sums.length;
    java.util.Arrays.fill(sums, 0);
    for (int d = 0; d < columns.length; d++) {
      double value = x[d] - means[d];
      double[] column = columns[d];
      for (int k = 0; k < dimension; k++) {
        sums[k] += value * column[k];
      }
    }
    for (int k = 0; k < dimension; k++) {
      result[k] = (float) sums[k];
    }
    return result;
  }
}
