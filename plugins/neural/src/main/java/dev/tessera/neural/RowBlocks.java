package dev.tessera.neural;

import dev.tessera.api.PluginContext;
import java.nio.FloatBuffer;
import java.util.function.IntConsumer;

/**
 * Splits rows into blocks of a size of their own, so that what is made of them does not depend on
 * the number of threads.
 *
 * @param context lends the threads
 * @param rows their number
 */
record RowBlocks(PluginContext context, int rows) {

  /** Rows of a block: of a few hundred floats each they stay in a core's second-level cache. */
  static final int SIZE = 64;

  /** So few blocks take one thread less time than it takes to wake another. */
  private static final int FEW = 6;

  /** Works on some rows. */
  @FunctionalInterface
  interface Body {
    /**
     * Works on rows.
     *
     * @param from the first
     * @param count at most {@link #SIZE}
     */
    void run(int from, int count);
  }

  /** The number of blocks. */
  int count() {
    return (rows + SIZE - 1) / SIZE;
  }

  /** Runs over all blocks, some at a time. */
  void each(Body body) {
    IntConsumer one = block -> body.run(block * SIZE, Math.min(SIZE, rows - block * SIZE));
    if (count() < FEW) {
      for (int block = 0; block < count(); block++) {
        one.accept(block);
      }
    } else {
      context.parallel(count(), one);
    }
  }

  /** Reads rows of a width, from row {@code from} on, into the beginning of an array. */
  static void get(FloatBuffer floats, int from, int count, int width, float[] target) {
    floats.get(from * width, target, 0, count * width);
  }

  /** Writes what {@link #get} read. */
  static void put(FloatBuffer floats, int from, int count, int width, float[] values) {
    floats.put(from * width, values, 0, count * width);
  }
}
