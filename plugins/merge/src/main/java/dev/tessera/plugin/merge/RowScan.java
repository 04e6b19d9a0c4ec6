package dev.tessera.plugin.merge;

/**
 * Rows of float64 values that are computed anew at each pass, a block at a time. They are split
 * into chunks whose borders depend on the data alone, so that sums over chunks, taken in order, do
 * not depend on the number of threads. Safe for several threads, a chunk each.
 */
interface RowScan {

  /** K, the number of columns. */
  int columns();

  /** The number of chunks, at most {@link #MOST_CHUNKS}. */
  int chunks();

  /** Gives the consumer all rows of a chunk, in order. */
  void scan(int chunk, RowConsumer consumer);

  /** Enough for the threads of a large machine, few enough to keep a partial result for each. */
  int MOST_CHUNKS = 32;

  /** Fewer items are not worth a task. */
  int LEAST_CHUNK = 2048;

  /** How many chunks so many items are split into. */
  static int chunksOf(int items) {
    return Math.max(1, Math.min(MOST_CHUNKS, items / LEAST_CHUNK));
  }

  /** Where a chunk of so many items starts; chunk number {@code chunks} starts at the end. */
  static int chunkStart(int items, int chunk) {
    return (int) ((long) items * chunk / chunksOf(items));
  }

  /** Takes blocks of rows. */
  @FunctionalInterface
  interface RowConsumer {

    /**
     * Takes one block, lent for the call.
     *
     * @param values [rows · K] row after row, for the consumer to change; room for {@link
     *     RowBlock#CAPACITY} rows
     * @param rows at least 1
     */
    void accept(double[] values, int rows);
  }
}
