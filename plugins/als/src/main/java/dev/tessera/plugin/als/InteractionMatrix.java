package dev.tessera.plugin.als;

import dev.tessera.api.PluginContext;
import java.util.Arrays;

/**
 * A sparse matrix of positive weights by rows (CSR): the entries of row r are at {@code starts[r] …
 * starts[r + 1] - 1} of {@code columns} (ascending within a row) and {@code weights}. The arrays
 * are owned by the matrix and not changed.
 *
 * @param columnCount the number of columns
 * @param starts [rows + 1]
 * @param columns [entries]
 * @param weights [entries]
 */
record InteractionMatrix(int columnCount, int[] starts, int[] columns, float[] weights) {

  /**
   * Work units of one task; some milliseconds, so that cancellation is seen and threads stay busy.
   */
  private static final int TASK_WORK = 1 << 16;

  /** What a row costs beside its entries, in entries. */
  private static final int ROW_WORK = 16;

  /** Does the rows {@code first … last - 1}. */
  @FunctionalInterface
  interface RangeBody {
    void accept(int task, int first, int last);
  }

  int rows() {
    return starts.length - 1;
  }

  int entries() {
    return columns.length;
  }

  /** The same entries by columns. */
  InteractionMatrix transpose() {
    int[] next = new int[columnCount + 1];
    for (int column : columns) {
      next[column + 1]++;
    }
    Arrays.parallelPrefix(next, Integer::sum);
    int[] newStarts = next.clone();
    int[] newColumns = new int[entries()];
    float[] newWeights = new float[entries()];
    for (int row = 0; row < rows(); row++) {
      for (int e = starts[row]; e < starts[row + 1]; e++) {
        int target = next[columns[e]]++;
        newColumns[target] = row;
        newWeights[target] = weights[e];
      }
    }
    return new InteractionMatrix(rows(), newStarts, newColumns, newWeights);
  }

  /**
   * The borders of row ranges of about equal work, which depend on the matrix alone: range t is the
   * rows {@code borders[t] … borders[t + 1] - 1}.
   */
  int[] ranges() {
    int[] borders = new int[16];
    int count = 1;
    long done = 0;
    for (int row = 0; row < rows(); row++) {
      long upTo = starts[row + 1] + (long) ROW_WORK * (row + 1);
      if (upTo - done >= TASK_WORK || row == rows() - 1) {
        if (count == borders.length) {
          borders = Arrays.copyOf(borders, 2 * count);
        }
        borders[count++] = row + 1;
        done = upTo;
      }
    }
    return Arrays.copyOf(borders, count);
  }

  /** Runs a body over all {@link #ranges} in parallel. */
  void forRanges(PluginContext context, RangeBody body) {
    int[] borders = ranges();
    context.parallel(
        borders.length - 1, task -> body.accept(task, borders[task], borders[task + 1]));
  }
}
