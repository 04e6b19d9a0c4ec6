package dev.tessera.plugin.lightfm;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Clients or skus: what is known of them, and the weights that are learnt.
 *
 * @param features what is known
 * @param own one row each, or none without identity
 * @param shared one row for each shared feature
 */
record Side(Features features, Rows own, Rows shared) {

  /** Weights at their start. */
  static Side start(
      Features features, int components, Optimizer optimizer, SplittableRandom random) {
    int own = features.identity() ? features.rows() : 0;
    return new Side(
        features,
        Rows.start(own, components, optimizer, random),
        Rows.start(features.shared(), components, optimizer, random));
  }

  /** Writes the vector of a row to {@code target[to …]}. */
  void vector(int row, float[] target, int to) {
    if (features.identity()) {
      System.arraycopy(own.values(), row * own.stride(), target, to, own.stride());
    } else {
      Arrays.fill(target, to, to + own.stride(), 0);
    }
    addNumbers(features.values(), row * features.stride(), target, to);
    addCategory(features.sharedRow(row), 1, target, to);
  }

  /** Adds the sum of the numbers' shared vectors, each times {@code values[first + f]}. */
  void addNumbers(float[] values, int first, float[] target, int to) {
    Kernels.addRows(shared.values(), features.dense(), values, first, target, to, shared.stride());
  }

  /** Adds a category's vector; nothing if there is none (-1). */
  void addCategory(int sharedRow, float factor, float[] target, int to) {
    if (sharedRow >= 0) {
      addRow(shared, sharedRow, factor, target, to);
    }
  }

  private static void addRow(Rows rows, int row, float factor, float[] target, int to) {
    Kernels.add(rows.values(), row * rows.stride(), factor, target, to, rows.stride());
  }

  /** The bias of a row. */
  float bias(int row) {
    float bias = features.identity() ? own.bias()[row] : 0;
    int numbers = row * features.stride();
    for (int f = 0; f < features.dense(); f++) {
      bias += features.values()[numbers + f] * shared.bias()[f];
    }
    int category = features.sharedRow(row);
    return category < 0 ? bias : bias + shared.bias()[category];
  }

  /** Every row's vector and bias, summed over its features. */
  Rows composed() {
    Rows sums = Rows.zeros(features.rows(), own.components());
    for (int row = 0; row < features.rows(); row++) {
      vector(row, sums.values(), row * sums.stride());
      sums.bias()[row] = bias(row);
    }
    return sums;
  }
}
