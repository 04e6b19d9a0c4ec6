package dev.tessera.plugin.als;

import dev.tessera.api.PluginContext;
import java.util.Arrays;

/**
 * The exact solution of one row with the other side Y fixed:
 *
 * <pre>x = (YᵀY + Σ_i (c_i − 1) y_i y_iᵀ + λI)⁻¹ Σ_i c_i y_i,   c_i = α w_i</pre>
 *
 * <p>The sum over entries is formed in float in blocks, everything else in double. Safe for several
 * threads, each with a {@link Workspace} of its own.
 */
final class NormalEquations {

  private static final int BLOCK_ROWS = 128;

  private final Factors fixed;
  private final double[] ridge;
  private final float alpha;
  private final Runnable checkCancelled;

  /**
   * Prepares for many rows.
   *
   * @param gram YᵀY, [stride, stride] on and above the diagonal; copied
   * @param context asked before every row and block of entries whether to go on: with many factors
   *     a task takes seconds
   */
  NormalEquations(AlsConfig config, Factors fixed, double[] gram, PluginContext context) {
    this.fixed = fixed;
    this.alpha = (float) config.alpha();
    this.checkCancelled = context::checkCancelled;
    this.ridge = gram.clone();
    for (int k = 0; k < fixed.factors(); k++) {
      ridge[k * fixed.stride() + k] += config.regularization();
    }
  }

  /** Memory for one thread. */
  Workspace workspace() {
    return new Workspace();
  }

  /** The memory in which one thread solves row after row. */
  final class Workspace {

    private final int stride = fixed.stride();
    private final double[] matrix = new double[ridge.length];
    private final double[] right = new double[stride];
    private final float[] block = new float[BLOCK_ROWS * stride];
    private final float[] scaled = new float[BLOCK_ROWS * stride];

    /** Solves for entries {@code from … to - 1}; writes the factors at {@code out[start …]}. */
    void solve(int[] columns, float[] weights, int from, int to, float[] out, int start) {
      checkCancelled.run();
      int n = fixed.factors();
      if (from == to) {
        Arrays.fill(out, start, start + n, 0f);
        return;
      }
      System.arraycopy(ridge, 0, matrix, 0, ridge.length);
      Arrays.fill(right, 0);
      int held = 0;
      for (int e = from; e < to; e++) {
        int row = fixed.start(columns[e]);
        float confidence = alpha * weights[e];
        addTo(right, fixed.values(), row, confidence);
        // an entry of confidence 1 weighs as much as a missing one, which YᵀY has already
        if (confidence != 1f) {
          hold(held++, row, confidence - 1f);
        }
        if (held == BLOCK_ROWS) {
          checkCancelled.run();
          FloatKernels.addProducts(scaled, block, 0, held, stride, matrix);
          held = 0;
        }
      }
      if (held > 0) {
        FloatKernels.addProducts(scaled, block, 0, held, stride, matrix);
      }
      Cholesky.factor(matrix, n, stride);
      Cholesky.solve(matrix, n, stride, right);
      for (int k = 0; k < n; k++) {
        out[start + k] = (float) right[k];
      }
    }

    private void hold(int slot, int row, float factor) {
      int target = slot * stride;
      for (int k = 0; k < stride; k++) {
        float value = fixed.values()[row + k];
        block[target + k] = value;
        scaled[target + k] = factor * value;
      }
    }

    private void addTo(double[] sum, float[] values, int row, float factor) {
      for (int k = 0; k < stride; k++) {
        sum[k] += factor * values[row + k];
      }
    }
  }
}
