package dev.tessera.plugin.merge;

import java.util.Optional;

/**
 * What happens to the rows of one input before the join, all in float64: projection, scaling,
 * weight. Immutable; safe for several threads, a block each.
 *
 * @param inputColumns D of the input
 */
record Pipeline(int inputColumns, Optional<Pca> pca, Scaler scaler, double weight) {

  /** Leaves rows as they are. */
  static Pipeline identity(int columns) {
    return new Pipeline(columns, Optional.empty(), new UnitScaler(), 1.0);
  }

  /** K, the columns that come out. */
  int columns() {
    return pca.map(Pca::components).orElse(inputColumns);
  }

  /**
   * Transforms the rows that a block has loaded.
   *
   * @return [rows · K], lent by the block until its next use
   */
  double[] apply(RowBlock block) {
    int rows = block.rows();
    int columns = columns();
    double[] values = block.values(Math.max(inputColumns, columns));
    float[] raw = block.raw();
    for (int i = 0; i < rows * inputColumns; i++) {
      values[i] = raw[i];
    }
    pca.ifPresent(found -> found.project(block, values));
    scaler.scale(values, rows, columns);
    if (weight != 1.0) {
      for (int i = 0; i < rows * columns; i++) {
        values[i] *= weight;
      }
    }
    return values;
  }
}
