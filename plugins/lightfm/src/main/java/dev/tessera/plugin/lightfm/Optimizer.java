package dev.tessera.plugin.lightfm;

import java.util.Arrays;
import java.util.List;

/** How a gradient becomes a step: each weight has a rate of its own, from its gradients so far. */
sealed interface Optimizer {

  /** What {@link Rows#squares} begin with. */
  float firstSquares();

  /** Whether {@link Rows#steps} are needed. */
  boolean keepsSteps();

  /**
   * One step for one row.
   *
   * @param direction the gradient of the row's vector is {@code factor · direction}
   */
  void step(Rows rows, int row, float[] direction, float factor);

  /** One step for a row's bias. */
  void stepBias(Rows rows, int row, float gradient);

  /**
   * Makes one change of those that several tasks made to copies of a row, so that it is near what
   * one task would have made after the other.
   *
   * @param base the row before; set to the row after
   * @param copies the tasks' copies
   */
  void merge(Rows base, List<Rows> copies, int row);

  /**
   * {@code w -= η g / √s; s += g²}, s from 1: J. Duchi, E. Hazan, Y. Singer, <i>Adaptive
   * Subgradient Methods</i>, JMLR 2011.
   */
  record AdaGrad(float rate) implements Optimizer {

    @Override
    public float firstSquares() {
      return 1;
    }

    @Override
    public boolean keepsSteps() {
      return false;
    }

    @Override
    public void step(Rows rows, int row, float[] direction, float factor) {
      int stride = rows.stride();
      Kernels.adagrad(rows.values(), rows.squares(), row * stride, direction, factor, rate, stride);
    }

    @Override
    public void stepBias(Rows rows, int row, float gradient) {
      float squares = rows.biasSquares()[row];
      rows.bias()[row] -= rate * gradient / (float) Math.sqrt(squares);
      rows.biasSquares()[row] = squares + gradient * gradient;
    }

    /**
     * Squares add up. Each copy's rate fell only with its own squares, so the sum of steps is too
     * long: for gradients of one size it is {@code Σ_t (√s_t − √s)} where one after the other gives
     * {@code √(Σ s) − √s}, and it is shortened by that.
     */
    @Override
    public void merge(Rows base, List<Rows> copies, int row) {
      Kernels.adagradMerge(base, copies, row);
      float before = base.biasSquares()[row];
      double root = Math.sqrt(before);
      float step = 0;
      float squares = 0;
      double roots = 0;
      for (Rows copy : copies) {
        step += copy.bias()[row] - base.bias()[row];
        squares += copy.biasSquares()[row] - before;
        roots += Math.sqrt(copy.biasSquares()[row]) - root;
      }
      if (roots > 0) {
        base.bias()[row] += step * (float) ((Math.sqrt(before + squares) - root) / roots);
        base.biasSquares()[row] = before + squares;
      }
    }
  }

  /**
   * {@code s = ρ s + (1 − ρ) g²; Δ = g √((d + ε) / (s + ε)); d = ρ d + (1 − ρ) Δ²; w -= Δ}: M.
   * Zeiler, <i>ADADELTA</i>, arXiv 1212.5701. It has no learning rate.
   */
  record AdaDelta(float rho, float epsilon) implements Optimizer {

    @Override
    public float firstSquares() {
      return 0;
    }

    @Override
    public boolean keepsSteps() {
      return true;
    }

    @Override
    public void step(Rows rows, int row, float[] direction, float factor) {
      Kernels.adadelta(rows, row, direction, factor, rho, epsilon);
    }

    @Override
    public void stepBias(Rows rows, int row, float gradient) {
      float squares = rho * rows.biasSquares()[row] + (1 - rho) * gradient * gradient;
      float steps = rows.biasSteps()[row];
      float step = gradient * (float) Math.sqrt((steps + epsilon) / (squares + epsilon));
      rows.biasSquares()[row] = squares;
      rows.biasSteps()[row] = rho * steps + (1 - rho) * step * step;
      rows.bias()[row] -= step;
    }

    /** The mean of weights, and of the averages that are remembered. */
    @Override
    public void merge(Rows base, List<Rows> copies, int row) {
      int start = row * base.stride();
      float share = 1f / copies.size();
      for (int array = 0; array < 3; array++) {
        float[] vectors = base.arrays().get(array);
        Arrays.fill(vectors, start, start + base.stride(), 0);
        float[] biases = base.arrays().get(array + 3);
        biases[row] = 0;
        for (Rows copy : copies) {
          Kernels.add(copy.arrays().get(array), start, share, vectors, start, base.stride());
          biases[row] += share * copy.arrays().get(array + 3)[row];
        }
      }
    }
  }
}
