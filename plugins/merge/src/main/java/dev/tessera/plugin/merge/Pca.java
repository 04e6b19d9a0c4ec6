package dev.tessera.plugin.merge;

/**
 * Fitted principal components: {@code y = W (x - mean)}, D columns to K.
 *
 * <p>The sign of a component is free; here its loading of largest magnitude is positive.
 */
final class Pca {

  private final double[] mean;
  private final double[] loadings;
  private final double[] variances;
  private final Panels weights;

  /**
   * Takes over the arrays and fixes the signs.
   *
   * @param mean [D]
   * @param loadings [K · D] W, unit rows by descending variance
   * @param variances [K] of the projected rows, n - 1 in the denominator
   */
  Pca(double[] mean, double[] loadings, double[] variances) {
    this.mean = mean;
    this.loadings = loadings;
    this.variances = variances;
    int columns = mean.length;
    weights = new Panels(columns, variances.length);
    for (int k = 0; k < variances.length; k++) {
      int largest = k * columns;
      for (int i = k * columns; i < (k + 1) * columns; i++) {
        if (Math.abs(loadings[i]) > Math.abs(loadings[largest])) {
          largest = i;
        }
      }
      double sign = loadings[largest] < 0 ? -1 : 1;
      for (int j = 0; j < columns; j++) {
        loadings[k * columns + j] *= sign;
        weights.set(j, k, loadings[k * columns + j]);
      }
    }
  }

  /** K. */
  int components() {
    return variances.length;
  }

  /** [D], not a copy. */
  double[] mean() {
    return mean;
  }

  /** [K · D], not a copy. */
  double[] loadings() {
    return loadings;
  }

  /** [K], not a copy. */
  double[] variances() {
    return variances;
  }

  /** Replaces [rows · D] values by [rows · K]. */
  void project(RowBlock block, double[] values) {
    subtract(mean, values, block.rows());
    Panels projected = block.projected(components());
    projected.setProduct(values, mean.length, weights, block.rows());
    projected.copyTo(values, block.rows());
  }

  /** Centres [rows · D] values in place. */
  static void subtract(double[] mean, double[] values, int rows) {
    int columns = mean.length;
    for (int row = 0; row < rows; row++) {
      int from = row * columns;
      for (int j = 0; j < columns; j++) {
        values[from + j] -= mean[j];
      }
    }
  }
}
