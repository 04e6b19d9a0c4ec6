package dev.tessera.plugin.merge;

import dev.tessera.api.PluginContext;
import java.util.Arrays;

/**
 * Count, mean, spread and range of columns in one pass: each block by itself, blocks joined by the
 * update of Chan, Golub and LeVeque (1983), which loses no digits when the mean is far from zero.
 */
final class Moments {

  private final double[] mean;
  private final double[] squares;
  private final double[] min;
  private final double[] max;
  private long count;

  private Moments(int columns) {
    mean = new double[columns];
    squares = new double[columns];
    min = new double[columns];
    max = new double[columns];
    Arrays.fill(min, Double.POSITIVE_INFINITY);
    Arrays.fill(max, Double.NEGATIVE_INFINITY);
  }

  /** Of all rows of a scan; chunks are joined in order. */
  static Moments of(RowScan rows, PluginContext context) {
    Moments[] chunks = new Moments[rows.chunks()];
    context.parallel(
        chunks.length,
        chunk -> {
          chunks[chunk] = new Moments(rows.columns());
          Moments block = new Moments(rows.columns());
          rows.scan(
              chunk,
              (values, count) -> {
                block.set(values, count);
                chunks[chunk].add(block);
              });
        });
    for (int chunk = 1; chunk < chunks.length; chunk++) {
      chunks[0].add(chunks[chunk]);
    }
    return chunks[0];
  }

  /** All columns taken for one. */
  Moments pooled() {
    Moments pooled = new Moments(1);
    Moments column = new Moments(1);
    for (int j = 0; j < mean.length; j++) {
      column.count = count;
      column.mean[0] = mean[j];
      column.squares[0] = squares[j];
      column.min[0] = min[j];
      column.max[0] = max[j];
      pooled.add(column);
    }
    return pooled;
  }

  /** The number of rows (pooled: of values). */
  long count() {
    return count;
  }

  /** [K], not a copy; zeros if there are no rows. */
  double[] mean() {
    return mean;
  }

  /** [K] sqrt of the mean squared distance from the mean; exactly 0 for equal values. */
  double[] deviation() {
    double[] deviation = new double[mean.length];
    for (int j = 0; j < deviation.length; j++) {
      deviation[j] = min[j] == max[j] ? 0 : Math.sqrt(squares[j] / count);
    }
    return deviation;
  }

  /** The sum over all columns of squared distances from the mean. */
  double totalSquares() {
    return Arrays.stream(squares).sum();
  }

  /** [K], not a copy. */
  double[] min() {
    return min;
  }

  /** [K], not a copy. */
  double[] max() {
    return max;
  }

  private void set(double[] values, int rows) {
    int columns = mean.length;
    Arrays.fill(mean, 0);
    Arrays.fill(squares, 0);
    System.arraycopy(values, 0, min, 0, columns);
    System.arraycopy(values, 0, max, 0, columns);
    for (int from = 0; from < rows * columns; from += columns) {
      addRow(values, from, mean);
      widenTo(values, from, min, max);
    }
    for (int j = 0; j < columns; j++) {
      mean[j] /= rows;
    }
    for (int from = 0; from < rows * columns; from += columns) {
      addSquares(values, from, mean, squares);
    }
    count = rows;
  }

  // One loop over columns in a method each: this is what the compiler turns into vector code.

  private static void addRow(double[] values, int from, double[] sum) {
    for (int j = 0; j < sum.length; j++) {
      sum[j] += values[from + j];
    }
  }

  private static void widenTo(double[] values, int from, double[] min, double[] max) {
    for (int j = 0; j < min.length; j++) {
      min[j] = Math.min(min[j], values[from + j]);
      max[j] = Math.max(max[j], values[from + j]);
    }
  }

  private static void addSquares(double[] values, int from, double[] mean, double[] squares) {
    for (int j = 0; j < mean.length; j++) {
      double distance = values[from + j] - mean[j];
      squares[j] += distance * distance;
    }
  }

  private void add(Moments other) {
    if (other.count == 0) {
      return;
    }
    double share = (double) other.count / (count + other.count);
    for (int j = 0; j < mean.length; j++) {
      double step = other.mean[j] - mean[j];
      mean[j] += step * share;
      squares[j] += other.squares[j] + step * step * share * count;
      min[j] = Math.min(min[j], other.min[j]);
      max[j] = Math.max(max[j], other.max[j]);
    }
    count += other.count;
  }
}
