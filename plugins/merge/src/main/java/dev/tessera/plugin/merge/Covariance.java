package dev.tessera.plugin.merge;

import dev.tessera.api.PluginContext;
import java.util.Arrays;

/**
 * Sums over centred rows that principal components are found from, streamed: {@code XᵀX} and {@code
 * XᵀXQ} for rows X - mean. Partial sums of groups of chunks are added in order, so the bytes do not
 * depend on the number of threads.
 */
final class Covariance {

  /** Bounds the partial sums; with 576 columns each of 32 chunks has its own. */
  private static final long PARTIAL_BYTES = 128L << 20;

  private final RowScan rows;
  private final double[] mean;
  private final PluginContext context;

  /**
   * Over the rows of a scan.
   *
   * @param mean [D] of the rows
   */
  Covariance(RowScan rows, double[] mean, PluginContext context) {
    this.rows = rows;
    this.mean = mean;
    this.context = context;
  }

  /** [D], not a copy. */
  double[] mean() {
    return mean;
  }

  /**
   * Mean and scatter matrix of rows.
   *
   * @param mean [D]
   * @param squares [D, D] {@code XᵀX}; only panels that touch the upper triangle are filled
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Scatter(double[] mean, Panels squares) {

    /** The sum over all columns of squared distances from the mean. */
    double totalSquares() {
      double total = 0;
      for (int j = 0; j < mean.length; j++) {
        total += squares.get(j, j);
      }
      return total;
    }
  }

  /**
   * Mean and scatter matrix in one pass: sums are taken about the mean of the first rows, and moved
   * to the mean of all by {@code Σ(x-m)(x-m)ᵀ = Σ(x-a)(x-a)ᵀ - n(m-a)(m-a)ᵀ}. Digits are lost only
   * where the first rows lie many deviations away from the others.
   */
  static Scatter scatter(RowScan rows, PluginContext context) {
    int columns = rows.columns();
    double[] about = firstMean(rows);
    Covariance covariance = new Covariance(rows, about, context);
    double[][] sums = new double[rows.chunks()][columns];
    long[] counts = new long[rows.chunks()];
    Panels squares =
        covariance.sum(
            columns,
            (partial, group) -> {
              Panels block = new Panels(RowBlock.CAPACITY, columns);
              return (values, count) -> {
                Pca.subtract(about, values, count);
                addRows(values, count, sums[group]);
                counts[group] += count;
                block.copyFrom(values, count);
                partial.addTransposedProduct(block, block, count, true);
              };
            });
    long count = Arrays.stream(counts).sum();
    double[] mean = new double[columns];
    for (double[] sum : sums) {
      addRows(sum, 1, mean);
    }
    for (int j = 0; j < columns; j++) {
      mean[j] /= Math.max(1, count); // of the distances from `about`
    }
    for (int i = 0; i < columns; i++) {
      for (int j = i; j < columns; j++) {
        squares.set(i, j, squares.get(i, j) - count * mean[i] * mean[j]);
      }
    }
    addRows(about, 1, mean);
    return new Scatter(mean, squares);
  }

  /** The mean of the first block of rows, zeros if there are none. */
  private static double[] firstMean(RowScan rows) {
    double[] mean = new double[rows.columns()];
    boolean[] done = new boolean[1];
    rows.scan(
        0,
        (values, count) -> {
          if (!done[0]) {
            done[0] = true;
            addRows(values, count, mean);
            for (int j = 0; j < mean.length; j++) {
              mean[j] /= count;
            }
          }
        });
    return mean;
  }

  private static void addRows(double[] values, int rows, double[] sum) {
    for (int row = 0; row < rows; row++) {
      int from = row * sum.length;
      for (int j = 0; j < sum.length; j++) {
        sum[j] += values[from + j];
      }
    }
  }

  /** [D, L] {@code XᵀXQ}. */
  Panels scatterTimes(Panels q) {
    return sum(
        q.columns(),
        (partial, group) -> {
          Panels block = new Panels(RowBlock.CAPACITY, rows.columns());
          Panels product = new Panels(RowBlock.CAPACITY, q.columns());
          return (values, count) -> {
            Pca.subtract(mean, values, count);
            block.copyFrom(values, count);
            product.setProduct(values, mean.length, q, count);
            partial.addTransposedProduct(block, product, count, false);
          };
        });
  }

  private interface Summand {
    RowScan.RowConsumer into(Panels partial, int group);
  }

  private Panels sum(int width, Summand summand) {
    int height = Panels.padded(rows.columns());
    long bytes = (long) Double.BYTES * height * Panels.padded(width);
    int groups = (int) Math.max(1, Math.min(rows.chunks(), PARTIAL_BYTES / bytes));
    Panels[] partials = new Panels[groups];
    context.parallel(
        groups,
        group -> {
          partials[group] = new Panels(height, width);
          RowScan.RowConsumer consumer = summand.into(partials[group], group);
          int end = rows.chunks() * (group + 1) / groups;
          for (int chunk = rows.chunks() * group / groups; chunk < end; chunk++) {
            context.checkCancelled();
            rows.scan(chunk, consumer);
          }
        });
    for (int group = 1; group < groups; group++) {
      partials[0].add(partials[group]);
    }
    return partials[0];
  }
}
