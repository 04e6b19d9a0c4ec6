package dev.tessera.plugin.lightfm;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Rows of weights that are learnt, a vector and a bias each, with what the optimiser remembers of
 * every weight. Vectors are padded with zeros to {@code stride}. Threads may write different rows.
 *
 * @param count the number of rows
 * @param components K, the length of a vector without padding
 * @param stride its length with padding
 * @param values [count · stride]
 * @param squares of gradients, [count · stride]
 * @param steps squares of steps, [count · stride], or empty if the optimiser needs none
 * @param bias [count]
 * @param biasSquares [count]
 * @param biasSteps [count] or empty
 */
record Rows(
    int count,
    int components,
    int stride,
    float[] values,
    float[] squares,
    float[] steps,
    float[] bias,
    float[] biasSquares,
    float[] biasSteps) {

  /** Strides are multiples of this, whatever the vectors of the machine hold. */
  static final int UNIT = 16;

  /** The padded length of a row of {@code length} values. */
  static int stride(int length) {
    return (length + UNIT - 1) / UNIT * UNIT;
  }

  /** Zeros, without an optimiser's memory. */
  static Rows zeros(int count, int components) {
    int size = size(count, components);
    float[] none = new float[0];
    return new Rows(
        count,
        components,
        stride(components),
        new float[size],
        none,
        none,
        new float[count],
        none,
        none);
  }

  /** From vectors without padding, and biases, without an optimiser's memory. */
  static Rows of(float[] vectors, float[] biases, int components) {
    Rows rows = zeros(biases.length, components);
    for (int row = 0; row < rows.count; row++) {
      System.arraycopy(vectors, row * components, rows.values, row * rows.stride, components);
    }
    System.arraycopy(biases, 0, rows.bias, 0, rows.count);
    return rows;
  }

  /** Zeros, ready for the optimiser's first step. */
  static Rows blank(int count, int components, Optimizer optimizer) {
    int size = size(count, components);
    boolean steps = optimizer.keepsSteps();
    return new Rows(
        count,
        components,
        stride(components),
        new float[size],
        filled(size, optimizer.firstSquares()),
        new float[steps ? size : 0],
        new float[count],
        filled(count, optimizer.firstSquares()),
        new float[steps ? count : 0]);
  }

  /** Vectors uniform in ±0.5 / K, biases zero, ready for the optimiser's first step. */
  static Rows start(int count, int components, Optimizer optimizer, SplittableRandom random) {
    Rows rows = blank(count, components, optimizer);
    for (int row = 0; row < count; row++) {
      for (int k = 0; k < components; k++) {
        rows.values[row * rows.stride + k] = (float) ((random.nextDouble() - 0.5) / components);
      }
    }
    return rows;
  }

  private static int size(int count, int components) {
    long size = (long) count * stride(components);
    if (size > Integer.MAX_VALUE - 8) {
      throw new PluginException(
          ErrorCode.INVALID_CONFIG,
          "wanted at most 2^31 weights a side, found %d rows of %d; use fewer components, or clients: relevant"
              .formatted(count, stride(components)));
    }
    return (int) size;
  }

  private static float[] filled(int size, float value) {
    float[] filled = new float[size];
    Arrays.fill(filled, value);
    return filled;
  }

  /** These rows and then others, without an optimiser's memory. */
  Rows followedBy(Rows others) {
    Rows all = zeros(count + others.count, components);
    System.arraycopy(values, 0, all.values, 0, values.length);
    System.arraycopy(others.values, 0, all.values, values.length, others.values.length);
    System.arraycopy(bias, 0, all.bias, 0, count);
    System.arraycopy(others.bias, 0, all.bias, count, others.count);
    return all;
  }

  /** Everything that is learnt or remembered, in a fixed order. */
  List<float[]> arrays() {
    return List.of(values, squares, steps, bias, biasSquares, biasSteps);
  }

  /** A deep copy. */
  Rows copy() {
    return new Rows(
        count,
        components,
        stride,
        values.clone(),
        squares.clone(),
        steps.clone(),
        bias.clone(),
        biasSquares.clone(),
        biasSteps.clone());
  }

  /** Sets one row, and what is remembered of it, to that of other rows of the same shape. */
  void setRow(int row, Rows other) {
    int from = row * stride;
    System.arraycopy(other.values, from, values, from, stride);
    System.arraycopy(other.squares, from, squares, from, stride);
    bias[row] = other.bias[row];
    biasSquares[row] = other.biasSquares[row];
    if (steps.length > 0) {
      System.arraycopy(other.steps, from, steps, from, stride);
      biasSteps[row] = other.biasSteps[row];
    }
  }

  /** Copies a vector without its padding. */
  void copyRow(int row, float[] target, int to) {
    System.arraycopy(values, row * stride, target, to, components);
  }

  /** Whether every vector and bias is a number. */
  boolean finite() {
    return finite(values) && finite(bias);
  }

  private static boolean finite(float[] values) {
    float zero = 0;
    for (float value : values) {
      zero += 0 * value; // NaN and infinity give NaN
    }
    return zero == 0;
  }
}
