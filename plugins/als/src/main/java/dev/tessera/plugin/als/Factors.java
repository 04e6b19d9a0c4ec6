package dev.tessera.plugin.als;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginException;
import java.util.SplittableRandom;

/**
 * One side's factors: [rows, factors] floats, each row padded with zeros to {@code stride}. Rows
 * may be written by several threads as long as no two write the same one.
 */
final class Factors {

  /** Strides are multiples of this, whatever the vectors of the machine hold. */
  static final int UNIT = 16;

  /**
   * Into so many parts a Gram matrix is split; fixed, so that its bytes do not depend on threads.
   */
  static final int GRAM_SLICES = 32;

  /** Rows whose products are summed in float before they go to double; 128 rows of 64 fit in L1. */
  private static final int GRAM_BLOCK_ROWS = 128;

  private final int rows;
  private final int factors;
  private final int stride;
  private final float[] values;

  private Factors(int rows, int factors) {
    this.rows = rows;
    this.factors = factors;
    this.stride = Factors.stride(factors);
    if ((long) rows * stride > Integer.MAX_VALUE - 8) {
      throw new PluginException(
          ErrorCode.INVALID_CONFIG,
          "wanted at most 2^31 factor values a side, found %d rows of %d; use fewer factors or clients: relevant"
              .formatted(rows, stride));
    }
    this.values = new float[rows * stride];
  }

  /**
   * The padded length of a row of {@code factors} values. Here and not among the kernels, since
   * memory is asked for before it is known whether their module is there.
   */
  static int stride(int factors) {
    return (factors + UNIT - 1) / UNIT * UNIT;
  }

  /** All zero. */
  static Factors zeros(int rows, int factors) {
    return new Factors(rows, factors);
  }

  /** Uniform in [0, 0.01), in the order of rows. */
  static Factors random(int rows, int factors, SplittableRandom random) {
    Factors start = new Factors(rows, factors);
    for (int row = 0; row < rows; row++) {
      for (int k = 0; k < factors; k++) {
        start.values[row * start.stride + k] = (float) (random.nextDouble() * 0.01);
      }
    }
    return start;
  }

  /** From values without padding. */
  static Factors of(float[] dense, int rows, int factors) {
    Factors copy = new Factors(rows, factors);
    for (int row = 0; row < rows; row++) {
      System.arraycopy(dense, row * factors, copy.values, row * copy.stride, factors);
    }
    return copy;
  }

  int rows() {
    return rows;
  }

  int factors() {
    return factors;
  }

  int stride() {
    return stride;
  }

  /** The values themselves, [rows · stride]. */
  float[] values() {
    return values;
  }

  /** Where a row starts in {@link #values}. */
  int start(int row) {
    return row * stride;
  }

  /** Copies a row without its padding. */
  void copyRow(int row, float[] target) {
    System.arraycopy(values, start(row), target, 0, factors);
  }

  /** Every row times a [stride, stride] matrix. */
  Factors times(float[] matrix, PluginContext context) {
    Factors product = new Factors(rows, factors);
    int block = 4096;
    context.parallel(
        (rows + block - 1) / block,
        task -> {
          int first = task * block;
          int count = Math.min(block, rows - first);
          FloatKernels.transform(
              values, start(first), count, matrix, product.values, start(first), stride);
        });
    return product;
  }

  /** Σ_r f_rᵀ f_r: [stride, stride], on and above the diagonal. */
  double[] gram(PluginContext context) {
    int slices = Math.max(1, Math.min(GRAM_SLICES, rows / GRAM_BLOCK_ROWS));
    double[][] parts = new double[slices][];
    context.parallel(
        slices,
        slice -> {
          double[] part = new double[stride * stride];
          int last = (int) ((long) rows * (slice + 1) / slices);
          int first = (int) ((long) rows * slice / slices);
          for (int row = first; row < last; row += GRAM_BLOCK_ROWS) {
            context.checkCancelled();
            int count = Math.min(GRAM_BLOCK_ROWS, last - row);
            FloatKernels.addProducts(values, values, start(row), count, stride, part);
          }
          parts[slice] = part;
        });
    double[] gram = parts[0];
    for (int slice = 1; slice < slices; slice++) {
      for (int i = 0; i < gram.length; i++) {
        gram[i] += parts[slice][i];
      }
    }
    return gram;
  }
}
