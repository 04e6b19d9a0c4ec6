package dev.tessera.plugin.lightfm;

import java.util.ArrayList;
import java.util.List;

/**
 * The weights that all clients, or all skus, have in common, while several tasks learn at once:
 * each task changes a copy of its own for a short while, then the optimiser makes one change of
 * theirs, in the order of tasks. A single task changes the weights themselves.
 */
final class SharedRows {

  /** A task's copy, and which of its category rows changed. Not safe for several threads. */
  static final class Copy {

    private final Rows rows;
    private final boolean[] changed;
    private final int[] list;
    private int count;

    private Copy(Rows rows) {
      this.rows = rows;
      this.changed = new boolean[rows.count()];
      this.list = new int[rows.count()];
    }

    Rows rows() {
      return rows;
    }

    /** Says that a category's row was changed. */
    void touch(int row) {
      if (!changed[row]) {
        changed[row] = true;
        list[count++] = row;
      }
    }

    private boolean forget(int row) {
      boolean was = changed[row];
      changed[row] = false;
      return was;
    }
  }

  private final Rows rows;
  private final int dense;
  private final Optimizer optimizer;
  private final List<Copy> copies = new ArrayList<>();
  private final List<Rows> copiedRows = new ArrayList<>();

  /** Copies a side's shared weights for so many tasks. */
  SharedRows(Side side, int tasks, Optimizer optimizer) {
    this.rows = side.shared();
    this.dense = side.features().dense();
    this.optimizer = optimizer;
    for (int task = 0; task < tasks; task++) {
      Copy copy = new Copy(tasks == 1 ? rows : rows.copy());
      copies.add(copy);
      copiedRows.add(copy.rows());
    }
  }

  Copy copy(int task) {
    return copies.get(task);
  }

  /**
   * Brings the copies together. Rows of numbers are taken as changed, those of categories if so.
   */
  void merge() {
    if (copies.size() == 1) {
      return;
    }
    for (int row = 0; row < dense; row++) {
      merge(row);
    }
    for (Copy first : copies) {
      for (int i = 0; i < first.count; i++) {
        int row = first.list[i];
        boolean wanted = false;
        for (Copy copy : copies) {
          wanted |= copy.forget(row);
        }
        if (wanted) {
          merge(row);
        }
      }
      first.count = 0;
    }
  }

  private void merge(int row) {
    optimizer.merge(rows, copiedRows, row);
    for (Rows copy : copiedRows) {
      copy.setRow(row, rows);
    }
  }

  /** Sets the copies to the weights, after these were set from outside. */
  void spread() {
    for (int row = 0; row < rows.count() && copies.size() > 1; row++) {
      for (Rows copy : copiedRows) {
        copy.setRow(row, rows);
      }
    }
  }
}
