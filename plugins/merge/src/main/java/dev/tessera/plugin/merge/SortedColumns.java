package dev.tessera.plugin.merge;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginException;
import java.util.Arrays;

/**
 * Exact order statistics: the values of a column, sorted. A few columns at a time are gathered, as
 * many as fit a fixed budget (at least one: 8 bytes per row), each group in a pass of its own.
 */
final class SortedColumns {

  private static final long GROUP_BYTES = 128L << 20;

  private final RowScan rows;
  private final PluginContext context;
  private final int[] chunkStarts;

  /** Counts the rows. */
  SortedColumns(RowScan rows, PluginContext context) {
    this.rows = rows;
    this.context = context;
    chunkStarts = new int[rows.chunks() + 1];
    context.parallel(
        rows.chunks(),
        chunk -> rows.scan(chunk, (values, count) -> chunkStarts[chunk + 1] += count));
    Arrays.parallelPrefix(chunkStarts, Math::addExact);
  }

  /** The number of rows. */
  int count() {
    return chunkStarts[rows.chunks()];
  }

  /** Takes one column, ascending, lent for the call; called for several columns at once. */
  interface ColumnConsumer {
    void accept(int column, double[] sorted);
  }

  /** Gives the consumer every column once. */
  void forEach(ColumnConsumer consumer) {
    long columnBytes = requireRoom(count());
    int together = (int) Math.max(1, Math.min(rows.columns(), GROUP_BYTES / columnBytes));
    double[][] columns = new double[together][count()];
    for (int first = 0; first < rows.columns(); first += together) {
      int from = first;
      int width = Math.min(together, rows.columns() - first);
      gather(from, width, columns);
      context.parallel(
          width,
          j -> {
            Arrays.sort(columns[j]);
            consumer.accept(from + j, columns[j]);
          });
    }
  }

  /** All values of all columns, ascending. */
  double[] pooled() {
    long size = (long) count() * rows.columns();
    requireRoom(size);
    double[] pooled = new double[Math.toIntExact(size)];
    int columns = rows.columns();
    context.parallel(
        rows.chunks(),
        chunk -> {
          int[] at = {chunkStarts[chunk] * columns};
          rows.scan(
              chunk,
              (values, count) -> {
                System.arraycopy(values, 0, pooled, at[0], count * columns);
                at[0] += count * columns;
              });
        });
    Arrays.sort(pooled);
    return pooled;
  }

  private void gather(int from, int width, double[][] columns) {
    int stride = rows.columns();
    context.parallel(
        rows.chunks(),
        chunk -> {
          int[] at = {chunkStarts[chunk]};
          rows.scan(
              chunk,
              (values, count) -> {
                for (int j = 0; j < width; j++) {
                  for (int r = 0; r < count; r++) {
                    columns[j][at[0] + r] = values[r * stride + from + j];
                  }
                }
                at[0] += count;
              });
        });
  }

  private long requireRoom(long values) {
    long bytes = Math.max(1, values) * Double.BYTES;
    if (bytes > context.memoryBudgetBytes() || values > Integer.MAX_VALUE - 8) {
      throw new PluginException(
          ErrorCode.OUT_OF_MEMORY,
          "[%s] sorting %d values takes %d MB but the step may use %d MB: give it more memory, or use scope: column and a scaler other than quantile and robust"
              .formatted(
                  context.stepName(), values, bytes >> 20, context.memoryBudgetBytes() >> 20));
    }
    return bytes;
  }
}
