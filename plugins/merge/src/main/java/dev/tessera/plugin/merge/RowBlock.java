package dev.tessera.plugin.merge;

import java.util.HashMap;
import java.util.Map;

/**
 * Up to 128 rows of an input, chosen by number, and the memory to transform them in. Reused from
 * block to block: fresh memory is dear. For one thread.
 */
final class RowBlock {

  /** Rows per block: with 512 columns its float64 values are half a megabyte and stay in cache. */
  static final int CAPACITY = 128;

  private final int[] rowNumbers = new int[CAPACITY];
  private final int[] positions = new int[CAPACITY];
  private float[] raw;
  private double[] values = {};
  private final Map<Integer, Panels> projected = new HashMap<>();
  private int rows;

  /** A block for rows of up to so many columns; it grows when an input has more. */
  RowBlock(int dimension) {
    raw = new float[CAPACITY * dimension];
  }

  /** Adds a row of the input, with the caller's mark for it. */
  void add(int rowNumber, int position) {
    rowNumbers[rows] = rowNumber;
    positions[rows] = position;
    rows++;
  }

  boolean full() {
    return rows == CAPACITY;
  }

  int rows() {
    return rows;
  }

  /** The mark of the i-th row. */
  int position(int i) {
    return positions[i];
  }

  void clear() {
    rows = 0;
  }

  /** Reads the rows that were added, neighbours in one go. */
  void load(InputRows input) {
    int dimension = input.dimension();
    if (raw.length < CAPACITY * dimension) {
      raw = new float[CAPACITY * dimension];
    }
    for (int first = 0; first < rows; ) {
      int next = first + 1;
      while (next < rows && rowNumbers[next] == rowNumbers[next - 1] + 1) {
        next++;
      }
      input.read(rowNumbers[first], next - first, raw, first * dimension);
      first = next;
    }
  }

  /** [rows · D] what {@link #load} read. */
  float[] raw() {
    return raw;
  }

  /** Room for [CAPACITY · columns] results, with old contents. */
  double[] values(int columns) {
    if (values.length < CAPACITY * columns) {
      values = new double[CAPACITY * columns];
    }
    return values;
  }

  /** Room for [CAPACITY, columns] projected rows. */
  Panels projected(int columns) {
    return projected.computeIfAbsent(columns, width -> new Panels(CAPACITY, width));
  }
}
