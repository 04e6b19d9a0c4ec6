package dev.tessera.neural;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.FloatBuffer;

/**
 * A matrix in the CPU's memory whose rows Java reads and writes and PyTorch multiplies; used again
 * from batch to batch, so that it is touched for the first time but once. Not safe for several
 * threads.
 */
public final class RowMatrix {

  private final Slab slab;
  private int rows;

  /** An empty one; its memory belongs to the manager. */
  public RowMatrix(NDManager manager) {
    this.slab = new Slab(manager);
  }

  /** Becomes a matrix of a size, with any content. */
  public void resize(int toRows, int width) {
    rows = toRows;
    slab.resize(toRows, width);
  }

  /** The matrix as an array, not to be closed; valid until the next resize. */
  public NDArray array() {
    return slab.matrix();
  }

  /** Sets all values to 0. */
  public void clear() {
    slab.clear();
  }

  /** The number of columns. */
  public int width() {
    return slab.width();
  }

  /** Row after row; positions are absolute. */
  FloatBuffer floats() {
    return slab.floats();
  }

  /**
   * Row i becomes row i of another matrix plus row {@code i mod B} of {@code added}.
   *
   * @param added [B · width]
   */
  public void setSums(RowMatrix other, float[] added) {
    float[] row = new float[width()];
    int repeat = added.length / width();
    for (int i = 0; i < rows; i++) {
      other.floats().get(i * width(), row);
      int from = i % repeat * width();
      for (int k = 0; k < row.length; k++) {
        row[k] += added[from + k];
      }
      floats().put(i * width(), row);
    }
  }

  /** Adds an array of as many columns and at most as many rows to the first rows. */
  public void add(NDArray other) {
    try (NDArray first = slab.rows(0, Math.toIntExact(other.getShape().get(0)))) {
      first.addi(other);
    }
  }

  /** Sets the rows at some positions to those of an array [positions, width]. */
  public void put(int[] positions, NDArray values) {
    FloatBuffer from = NativeFloats.view(values).asFloatBuffer();
    float[] row = new float[width()];
    for (int i = 0; i < positions.length; i++) {
      from.get(i * width(), row);
      floats().put(positions[i] * width(), row);
    }
  }

  /**
   * Adds row i of an array on the CPU to row {@code i mod B} of {@code sums}.
   *
   * @param sums [B · width]
   */
  public static void addToRows(NDArray values, float[] sums) {
    FloatBuffer from = NativeFloats.view(values).asFloatBuffer();
    int width = Math.toIntExact(values.getShape().get(1));
    int all = Math.toIntExact(values.getShape().get(0));
    int repeat = sums.length / width;
    float[] row = new float[width];
    for (int i = 0; i < all; i++) {
      from.get(i * width, row);
      int at = i % repeat * width;
      for (int k = 0; k < width; k++) {
        sums[at + k] += row[k];
      }
    }
  }
}
