package dev.tessera.plugin.als;

import dev.tessera.api.PluginContext;
import java.util.Arrays;

/**
 * The half-step by a few steps of conjugate gradients from the row of the iteration before.
 *
 * <p>Paper: G. Takács, I. Pilászy, D. Tikk, <i>Applications of the conjugate gradient method for
 * implicit feedback collaborative filtering</i>, RecSys 2011. Here in whitened variables ({@link
 * Whitening}), which is the same as preconditioning with YᵀY + λI: a step costs 4K operations per
 * entry and no K² per row, and fewer steps reach the same loss. An entry of confidence 1 is not
 * part of the matrix at all and is read once a half-step.
 */
final class ConjugateGradientStep implements HalfStep {

  /**
   * Entries whose factors are read twice in a row; 64 rows of 64 floats are half of an L1 cache.
   */
  private static final int BLOCK = 64;

  /** |residual|² over |solution|² from which on float cannot do better. */
  private static final float CONVERGED = 1e-12f;

  private final PluginContext context;
  private final double regularization;
  private final float alpha;
  private final int steps;

  ConjugateGradientStep(PluginContext context, AlsConfig config) {
    this.context = context;
    this.regularization = config.regularization();
    this.alpha = (float) config.alpha();
    this.steps = config.cgSteps();
  }

  @Override
  public void run(InteractionMatrix entries, Factors fixed, double[] gram, Factors solved) {
    int stride = fixed.stride();
    Whitening whitening = Whitening.of(gram, regularization, fixed.factors(), stride);
    Factors white = fixed.times(whitening.ofFixed(), context);
    entries.forRanges(
        context,
        (task, first, last) -> {
          int count = last - first;
          float[] rows = new float[count * stride];
          int start = solved.start(first);
          FloatKernels.transform(
              solved.values(), start, count, whitening.ofSolved(), rows, 0, stride);
          RowSolver solver = new RowSolver(entries, white);
          for (int row = first; row < last; row++) {
            solver.solve(row, rows, (row - first) * stride);
          }
          FloatKernels.transform(rows, 0, count, whitening.back(), solved.values(), start, stride);
        });
  }

  /** Solves (I + WᵀDW) z = Wᵀc row by row, D = diag(c − 1); memory of one task. */
  private final class RowSolver {

    private final InteractionMatrix entries;
    private final float[] white;
    private final int stride;
    private final float[] solution;
    private final float[] residual;
    private final float[] direction;
    private final float[] image;
    private final float[] coefficients = new float[BLOCK * Factors.UNIT];
    private final float[] lanes = new float[Factors.UNIT];

    /** Entries with c ≠ 1 from the front, those with c = 1 from the back. */
    private int[] starts = new int[BLOCK];

    private float[] excess = new float[BLOCK];
    private int active;

    RowSolver(InteractionMatrix entries, Factors white) {
      this.entries = entries;
      this.white = white.values();
      this.stride = white.stride();
      this.solution = new float[stride];
      this.residual = new float[stride];
      this.direction = new float[stride];
      this.image = new float[stride];
    }

    /** Improves the whitened row at {@code rows[start …]}. */
    void solve(int row, float[] rows, int start) {
      int count = entries.starts()[row + 1] - entries.starts()[row];
      if (count == 0) {
        Arrays.fill(rows, start, start + stride, 0f);
        return;
      }
      System.arraycopy(rows, start, solution, 0, stride);
      sortOut(row, count);
      startResidual(count);
      float squared = squaredLength(residual);
      for (int step = 0; step < steps; step++) {
        if (squared <= CONVERGED * squaredLength(solution)) {
          break;
        }
        System.arraycopy(direction, 0, image, 0, stride);
        addMatrix(direction, 0f, 1f, image);
        float length = squared / FloatKernels.dot(direction, 0, image, 0, stride, lanes);
        FloatKernels.addScaled(direction, 0, length, solution, stride);
        FloatKernels.addScaled(image, 0, -length, residual, stride);
        float next = squaredLength(residual);
        float turn = next / squared;
        for (int k = 0; k < stride; k++) {
          direction[k] = residual[k] + turn * direction[k];
        }
        squared = next;
      }
      System.arraycopy(solution, 0, rows, start, stride);
    }

    private void sortOut(int row, int count) {
      if (starts.length < count) {
        starts = new int[2 * count];
        excess = new float[2 * count];
      }
      active = 0;
      int plain = count;
      int first = entries.starts()[row];
      for (int e = first; e < first + count; e++) {
        int rowStart = entries.columns()[e] * stride;
        float more = alpha * entries.weights()[e] - 1f;
        if (more != 0f) {
          excess[active] = more;
          starts[active++] = rowStart;
        } else {
          starts[--plain] = rowStart;
        }
      }
    }

    /** residual = direction = Wᵀc − (I + WᵀDW) z. */
    private void startResidual(int count) {
      for (int k = 0; k < stride; k++) {
        residual[k] = -solution[k];
      }
      addMatrix(solution, 1f, -1f, residual);
      Arrays.fill(coefficients, 0, BLOCK, 1f);
      for (int e = active; e < count; e += BLOCK) {
        int size = Math.min(BLOCK, count - e);
        FloatKernels.addRows(white, stride, starts, e, size, coefficients, residual);
      }
      System.arraycopy(residual, 0, direction, 0, stride);
    }

    /** out += Σ over entries with c ≠ 1 of (rightSide · c + sign (c − 1) w·v) w. */
    private void addMatrix(float[] v, float rightSide, float sign, float[] out) {
      for (int e = 0; e < active; e += BLOCK) {
        int size = Math.min(BLOCK, active - e);
        FloatKernels.dots(white, stride, starts, e, size, v, 0, coefficients);
        for (int j = 0; j < size; j++) {
          float more = excess[e + j];
          coefficients[j] = rightSide * (more + 1f) + sign * more * coefficients[j];
        }
        FloatKernels.addRows(white, stride, starts, e, size, coefficients, out);
      }
    }

    private float squaredLength(float[] v) {
      return FloatKernels.dot(v, 0, v, 0, stride, lanes);
    }
  }
}
