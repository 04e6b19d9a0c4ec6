package dev.tessera.host.evaluate;

import ai.djl.ndarray.NDArray;
import java.nio.FloatBuffer;
import java.util.stream.IntStream;

/**
 * AdamW (Loshchilov and Hutter, arXiv 1711.05101) with β₁ 0.9, β₂ 0.999, ε 1e-8, decay λ: {@code w
 * ← w − ηλw}, then {@code w ← w − η m̂ / (√v̂ + ε)}. Applied to a part of a parameter as soon as
 * its gradient is known, so that no gradient is kept.
 */
final class AdamW {

  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;

  /** PyTorch's ε. */
  static final double EPSILON = 1e-8;

  /** Four arrays of this many floats stay in a core's second-level cache. */
  private static final int BLOCK = 8192;

  private static final int TASK = 32 * BLOCK;

  private final double learningRate;
  private final double decay;
  private final double smallest;
  private int steps;
  private float rate;
  private float epsilon;

  /** Starts at step 0 with rate η, decay λ and ε. */
  AdamW(double learningRate, double decay, double epsilon) {
    this.learningRate = learningRate;
    this.decay = decay;
    this.smallest = epsilon;
  }

  /** A parameter with its running means; one step's updates must cover each value once. */
  static final class Parameter {
    private final NDArray values;
    private final FloatBuffer floats;
    private final float[] mean;
    private final float[] variance;

    Parameter(NDArray values) {
      this.values = values;
      this.floats = Torch.floats(values);
      this.mean = new float[floats.capacity()];
      this.variance = new float[floats.capacity()];
    }

    /** The values, not to be closed. */
    NDArray values() {
      return values;
    }

    FloatBuffer floats() {
      return floats;
    }
  }

  /** Starts a step. */
  void next() {
    steps++;
    double correction = Math.sqrt(1 - Math.pow(BETA2, steps));
    rate = (float) (learningRate * correction / (1 - Math.pow(BETA1, steps)));
    epsilon = (float) (smallest * correction);
  }

  /**
   * Moves a part of a parameter.
   *
   * @param from where the part starts
   * @param gradient of the part
   */
  void update(Parameter parameter, int from, FloatBuffer gradient) {
    int size = gradient.capacity();
    IntStream tasks = IntStream.range(0, (size + TASK - 1) / TASK);
    (size > TASK ? tasks.parallel() : tasks)
        .forEach(
            task ->
                updateTask(
                    parameter, from, gradient, task * TASK, Math.min(size, (task + 1) * TASK)));
  }

  private void updateTask(Parameter parameter, int from, FloatBuffer gradient, int start, int end) {
    // made once for many blocks: fresh arrays would push the weights out of the cache
    int block = Math.min(BLOCK, end - start);
    float[] g = new float[block];
    float[] w = new float[block];
    float[] m = new float[block];
    float[] v = new float[block];
    float keep = (float) (1 - learningRate * decay);
    for (int at = start; at < end; at += BLOCK) {
      int count = Math.min(BLOCK, end - at);
      gradient.get(at, g, 0, count);
      parameter.floats.get(from + at, w, 0, count);
      System.arraycopy(parameter.mean, from + at, m, 0, count);
      System.arraycopy(parameter.variance, from + at, v, 0, count);
      move(w, g, m, v, keep);
      parameter.floats.put(from + at, w, 0, count);
      System.arraycopy(m, 0, parameter.mean, from + at, count);
      System.arraycopy(v, 0, parameter.variance, from + at, count);
    }
  }

  private void move(float[] w, float[] g, float[] m, float[] v, float keep) {
    float keepMean = (float) BETA1;
    float addMean = (float) (1 - BETA1);
    float keepVariance = (float) BETA2;
    float addVariance = (float) (1 - BETA2);
    float by = rate;
    float small = epsilon;
    for (int i = 0; i < w.length; i++) {
      m[i] = keepMean * m[i] + addMean * g[i];
      v[i] = keepVariance * v[i] + addVariance * g[i] * g[i];
      w[i] = keep * w[i] - by * m[i] / ((float) Math.sqrt(v[i]) + small);
    }
  }
}
