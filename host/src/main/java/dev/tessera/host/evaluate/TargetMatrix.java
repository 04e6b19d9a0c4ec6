package dev.tessera.host.evaluate;

import java.util.Arrays;

/**
 * Which of L labels are true of which of N clients: a sparse matrix of zeros and ones, built once
 * and read by training and metrics alike. Immutable.
 */
public final class TargetMatrix {

  private final int labels;

  /** [N + 1] and the ascending labels of each client. */
  private final int[] offsets;

  private final int[] columns;

  /** Ascending clients of each label. */
  private final int[][] positives;

  private TargetMatrix(int labels, int[] offsets, int[] columns) {
    this.labels = labels;
    this.offsets = offsets;
    this.columns = columns;
    int[] counts = new int[labels];
    for (int column : columns) {
      counts[column]++;
    }
    this.positives = new int[labels][];
    for (int label = 0; label < labels; label++) {
      positives[label] = new int[counts[label]];
    }
    int[] next = new int[labels];
    for (int row = 0; row < rows(); row++) {
      for (int i = offsets[row]; i < offsets[row + 1]; i++) {
        positives[columns[i]][next[columns[i]]++] = row;
      }
    }
  }

  /**
   * A matrix of pairs.
   *
   * @param pairs {@code row · L + label} of each true pair, in any order, repeats allowed; sorted
   *     in place
   */
  static TargetMatrix ofPairs(int rows, int labels, long[] pairs) {
    Arrays.parallelSort(pairs);
    int[] offsets = new int[rows + 1];
    int[] columns = new int[pairs.length];
    int count = 0;
    for (int i = 0; i < pairs.length; i++) {
      if (i == 0 || pairs[i] != pairs[i - 1]) {
        columns[count++] = (int) (pairs[i] % labels);
        offsets[(int) (pairs[i] / labels) + 1]++;
      }
    }
    for (int row = 0; row < rows; row++) {
      offsets[row + 1] += offsets[row];
    }
    return new TargetMatrix(labels, offsets, Arrays.copyOf(columns, count));
  }

  /** A matrix of one label, true of some rows. */
  static TargetMatrix ofRows(int rows, int[] positives) {
    return ofPairs(rows, 1, Arrays.stream(positives).asLongStream().toArray());
  }

  /** N. */
  public int rows() {
    return offsets.length - 1;
  }

  /** L. */
  public int labels() {
    return labels;
  }

  /** The rows of which a label is true, ascending; lent. */
  int[] positives(int label) {
    return positives[label];
  }

  /** All pairs. */
  int size() {
    return columns.length;
  }

  /** The first of a row's labels in {@link #column}. */
  int start(int row) {
    return offsets[row];
  }

  /** Past the last of a row's labels. */
  int end(int row) {
    return offsets[row + 1];
  }

  /** A label by position. */
  int column(int position) {
    return columns[position];
  }
}
