package dev.tessera.plugin.merge;

import dev.tessera.api.PluginContext;

/** Fits the scaler of one input. */
final class ScalerFit {

  private ScalerFit() {}

  /**
   * Fits.
   *
   * @param rows all rows of the input, after its processor
   */
  static Scaler fit(MergeInput input, RowScan rows, PluginContext context) {
    boolean global = input.scope() == MergeInput.Scope.GLOBAL;
    return switch (input.scaler()) {
      case NONE -> new UnitScaler();
      case NORMALIZER -> new RowNormalizer();
      case STANDARD -> AffineScaler.standard(moments(rows, global, context));
      case MIN_MAX -> AffineScaler.minMax(moments(rows, global, context));
      case ROBUST -> robust(rows, global, context);
      case QUANTILE_UNIFORM -> quantile(rows, global, false, context);
      case QUANTILE_NORMAL -> quantile(rows, global, true, context);
    };
  }

  private static Moments moments(RowScan rows, boolean global, PluginContext context) {
    Moments moments = Moments.of(rows, context);
    return global ? moments.pooled() : moments;
  }

  /** Median 0 and interquartile range 1. */
  private static Scaler robust(RowScan rows, boolean global, PluginContext context) {
    int columns = global ? 1 : rows.columns();
    double[] median = new double[columns];
    double[] range = new double[columns];
    forEach(
        rows,
        global,
        context,
        (column, sorted) -> {
          median[column] = Quantiles.at(sorted, 0.5);
          range[column] = Quantiles.at(sorted, 0.75) - Quantiles.at(sorted, 0.25);
        });
    return new AffineScaler(median, range);
  }

  private static Scaler quantile(
      RowScan rows, boolean global, boolean normal, PluginContext context) {
    double[][] quantiles = new double[global ? 1 : rows.columns()][];
    forEach(
        rows,
        global,
        context,
        (column, sorted) -> {
          int count = Math.min(QuantileScaler.MOST_QUANTILES, sorted.length);
          quantiles[column] = Quantiles.atReferences(sorted, count);
        });
    return new QuantileScaler(quantiles, normal);
  }

  private static void forEach(
      RowScan rows, boolean global, PluginContext context, SortedColumns.ColumnConsumer consumer) {
    SortedColumns sorted = new SortedColumns(rows, context);
    if (global) {
      consumer.accept(0, sorted.pooled());
    } else {
      sorted.forEach(consumer);
    }
  }
}
