package dev.tessera.plugin.merge;

import java.util.Arrays;

/**
 * A float64 matrix [rows, columns] cut into panels of {@link PanelKernel#WIDTH} columns, each
 * stored row after row, so that the kernel reads memory in order. Columns that fill up the last
 * panel are zero as long as nobody writes them.
 */
final class Panels {

  private static final int WIDTH = PanelKernel.WIDTH;

  private final int columns;
  private final double[][] panels;

  /** A matrix of zeros. */
  Panels(int rows, int columns) {
    this.columns = columns;
    this.panels = new double[panelsOf(columns)][rows * WIDTH];
  }

  /** The rows that the product leftᵀ · right needs for a left factor of so many columns. */
  static int padded(int columns) {
    return panelsOf(columns) * WIDTH;
  }

  private static int panelsOf(int columns) {
    return (columns + WIDTH - 1) / WIDTH;
  }

  int columns() {
    return columns;
  }

  double get(int row, int column) {
    return panels[column / WIDTH][row * WIDTH + column % WIDTH];
  }

  void set(int row, int column, double value) {
    panels[column / WIDTH][row * WIDTH + column % WIDTH] = value;
  }

  void setZero() {
    for (double[] panel : panels) {
      Arrays.fill(panel, 0);
    }
  }

  /** Fills the first rows from {@code source[row · columns + column]}. */
  void copyFrom(double[] source, int count) {
    for (int p = 0; p < panels.length; p++) {
      int from = p * WIDTH;
      int width = Math.min(WIDTH, columns - from);
      for (int row = 0; row < count; row++) {
        System.arraycopy(source, row * columns + from, panels[p], row * WIDTH, width);
      }
    }
  }

  /** Copies the first rows to {@code target[row · columns + column]}. */
  void copyTo(double[] target, int count) {
    for (int p = 0; p < panels.length; p++) {
      int from = p * WIDTH;
      int width = Math.min(WIDTH, columns - from);
      for (int row = 0; row < count; row++) {
        System.arraycopy(panels[p], row * WIDTH, target, row * columns + from, width);
      }
    }
  }

  /** Adds another matrix of the same shape. */
  void add(Panels other) {
    for (int p = 0; p < panels.length; p++) {
      double[] mine = panels[p];
      double[] theirs = other.panels[p];
      for (int i = 0; i < mine.length; i++) {
        mine[i] += theirs[i];
      }
    }
  }

  /**
   * Adds leftᵀ · right over their first {@code count} rows. This matrix has {@link #padded}(columns
   * of left) rows. Each element sums its rows in order, however wide the vectors are.
   *
   * @param upperOnly leave panels wholly below the diagonal as they are
   */
  void addTransposedProduct(Panels left, Panels right, int count, boolean upperOnly) {
    for (int q = 0; q < panels.length; q++) {
      int last = upperOnly ? q : left.panels.length - 1;
      for (int p = 0; p <= last; p++) {
        for (int i = 0; i < WIDTH; i += PanelKernel.ROWS) {
          int target = (p * WIDTH + i) * WIDTH;
          PanelKernel.multiplyAdd(
              left.panels[p], i, WIDTH, 1, right.panels[q], count, panels[q], target);
        }
      }
    }
  }

  /**
   * Puts left · right in the first {@code count} rows, rounded up to {@link PanelKernel#ROWS}.
   *
   * @param left [rounded-up count · width] row after row
   * @param right [width, columns]
   */
  void setProduct(double[] left, int width, Panels right, int count) {
    setZero();
    for (int q = 0; q < panels.length; q++) {
      for (int row = 0; row < count; row += PanelKernel.ROWS) {
        PanelKernel.multiplyAdd(
            left, row * width, 1, width, right.panels[q], width, panels[q], row * WIDTH);
      }
    }
  }
}
