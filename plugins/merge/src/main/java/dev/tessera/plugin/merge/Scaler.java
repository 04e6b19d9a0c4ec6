package dev.tessera.plugin.merge;

/** A fitted scaling of rows, in place. Immutable; safe for several threads. */
sealed interface Scaler permits UnitScaler, RowNormalizer, AffineScaler, QuantileScaler {

  /**
   * Scales the first rows.
   *
   * @param values [rows · columns]
   */
  void scale(double[] values, int rows, int columns);
}
