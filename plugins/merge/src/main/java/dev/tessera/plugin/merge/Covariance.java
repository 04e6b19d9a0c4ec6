package dev.tessera.plugin.merge;

import dev.tessera.api.PluginContext;

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

  /** [D, D] {@code XᵀX}; only panels that touch the upper triangle are filled. */
  Panels scatter() {
    int columns = rows.columns();
    return sum(
        columns,
        partial -> {
          Panels block = new Panels(RowBlock.CAPACITY, columns);
          return (values, count) -> {
            Pca.subtract(mean, values, count);
            block.copyFrom(values, count);
            partial.addTransposedProduct(block, block, count, true);
          };
        });
  }

  /** [D, L] {@code XᵀXQ}. */
  Panels scatterTimes(Panels q) {
    return sum(
        q.columns(),
        partial -> {
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
    RowScan.RowConsumer into(Panels partial);
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
          RowScan.RowConsumer consumer = summand.into(partials[group]);
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
