package dev.tessera.plugin.merge;

/** Quantiles of sorted values by linear interpolation, in NumPy's order of operations. */
final class Quantiles {

  private Quantiles() {}

  /**
   * One quantile.
   *
   * @param sorted ascending, at least one
   * @param share 0 … 1
   */
  static double at(double[] sorted, double share) {
    double position = share * (sorted.length - 1);
    int below = (int) Math.floor(position);
    double a = sorted[below];
    double b = sorted[Math.min(below + 1, sorted.length - 1)];
    double t = position - below;
    // from the nearer neighbour, so that t = 1 would give b itself
    return t >= 0.5 ? b - (b - a) * (1 - t) : a + (b - a) * t;
  }

  /** {@code count} numbers from 0 to 1, evenly spaced; a single one is 0. */
  static double[] references(int count) {
    double[] references = new double[count];
    double step = 1.0 / (count - 1);
    for (int i = 1; i < count - 1; i++) {
      references[i] = i * step;
    }
    if (count > 1) {
      references[count - 1] = 1;
    }
    return references;
  }

  /** The quantiles at all references, made non-decreasing. */
  static double[] atReferences(double[] sorted, int count) {
    double[] references = references(count);
    double[] quantiles = new double[count];
    for (int i = 0; i < count; i++) {
      double quantile = at(sorted, references[i] * 100 / 100);
      quantiles[i] = i == 0 ? quantile : Math.max(quantiles[i - 1], quantile);
    }
    return quantiles;
  }
}
