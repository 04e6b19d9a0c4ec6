package dev.tessera.plugin.merge;

/**
 * {@code (x - center) / scale} per column, or for all columns alike if the arrays have one element.
 */
final class AffineScaler implements Scaler {

  /** A spread below this is taken for rounding of equal values: such columns are only centred. */
  private static final double LEAST_SCALE = 10 * Math.ulp(1.0);

  private final double[] center;
  private final double[] scale;

  /** Takes over the arrays. */
  AffineScaler(double[] center, double[] scale) {
    this.center = center;
    this.scale = scale;
    for (int j = 0; j < scale.length; j++) {
      if (scale[j] < LEAST_SCALE) {
        scale[j] = 1;
      }
    }
  }

  /** Mean 0 and population variance 1. */
  static AffineScaler standard(Moments moments) {
    return new AffineScaler(moments.mean().clone(), moments.deviation());
  }

  /** The range 0 … 1. */
  static AffineScaler minMax(Moments moments) {
    double[] range = moments.max().clone();
    for (int j = 0; j < range.length; j++) {
      range[j] -= moments.min()[j];
    }
    return new AffineScaler(moments.min().clone(), range);
  }

  /** [K] or [1], not a copy. */
  double[] center() {
    return center;
  }

  /** [K] or [1], not a copy. */
  double[] scale() {
    return scale;
  }

  @Override
  public void scale(double[] values, int rows, int columns) {
    boolean shared = scale.length == 1;
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < columns; j++) {
        int s = shared ? 0 : j;
        values[r * columns + j] = (values[r * columns + j] - center[s]) / scale[s];
      }
    }
  }
}
