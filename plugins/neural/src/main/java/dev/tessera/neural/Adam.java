package dev.tessera.neural;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.tessera.api.PluginContext;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Adam (Kingma and Ba, arXiv 1412.6980), with β₁ 0.9, β₂ 0.999, ε 1e-8: {@code m ← β₁m + (1−β₁)g},
 * {@code v ← β₂v + (1−β₂)g²}, {@code w ← w − η m̂ / (√v̂ + ε)} with {@code m̂ = m/(1−β₁ᵗ)}, {@code
 * v̂ = v/(1−β₂ᵗ)}.
 *
 * <p>On the CPU it runs over the arrays' own memory in one pass, a block at a time: PyTorch's
 * operations would each make a new array of the size of the parameter, whose first touch costs many
 * times the arithmetic. On a GPU it is PyTorch's operations.
 */
public final class Adam {

  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;

  private static final float NO_DECAY = 0;
  private static final float NO_CLIP = -1;

  /** Four arrays of this many floats stay in a core's second-level cache. */
  private static final int BLOCK = 8192;

  private static final int TASK = 32 * BLOCK;

  private final List<Parameter> parameters;
  private final PluginContext context;
  private final List<NDArray> mean = new ArrayList<>();
  private final List<NDArray> variance = new ArrayList<>();
  private final List<Range> ranges = new ArrayList<>();
  private long steps;

  private record Range(int parameter, int from, int to) {}

  /** Part of a step, for all parameters alike. */
  private record Rates(float rate, float epsilon, float gradientScale) {}

  /** Starts at step 0; its arrays belong to the parameters' manager. */
  public Adam(Parameters parameters, PluginContext context) {
    this.parameters = parameters.all();
    this.context = context;
    for (int p = 0; p < this.parameters.size(); p++) {
      Parameter parameter = this.parameters.get(p);
      mean.add(parameter.values().zerosLike());
      variance.add(parameter.values().zerosLike());
      for (int from = 0; from < parameter.size(); from += TASK) {
        ranges.add(new Range(p, from, Math.min(parameter.size(), from + TASK)));
      }
    }
  }

  /** The steps made. */
  public long steps() {
    return steps;
  }

  /**
   * Moves all parameters against their gradients.
   *
   * @param learningRate η
   * @param gradientScale what each gradient is multiplied by first (1: nothing)
   */
  public void step(double learningRate, double gradientScale) {
    if (!NativeFloats.viewable(parameters.get(0).values())) {
      stepOnDevice(learningRate, gradientScale);
      return;
    }
    Rates rates = nextRates(learningRate, gradientScale);
    if (ranges.size() == parameters.size()) {
      // all small: threads would cost more than they save
      ranges.forEach(range -> stepInMemory(range, rates));
    } else {
      context.parallel(ranges.size(), task -> stepInMemory(ranges.get(task), rates));
    }
  }

  /** A step by PyTorch's operations. */
  void stepOnDevice(double learningRate, double gradientScale) {
    Rates rates = nextRates(learningRate, gradientScale);
    for (int p = 0; p < parameters.size(); p++) {
      stepOnDevice(p, rates);
    }
  }

  private Rates nextRates(double learningRate, double gradientScale) {
    steps++;
    double correction = Math.sqrt(1 - Math.pow(BETA2, steps));
    return new Rates(
        (float) (learningRate * correction / (1 - Math.pow(BETA1, steps))),
        (float) (EPSILON * correction),
        (float) gradientScale);
  }

  private void stepOnDevice(int p, Rates rates) {
    JniUtils.adamUpdate(
        (PtNDArray) parameters.get(p).values(),
        (PtNDArray) parameters.get(p).gradient(),
        (PtNDArray) mean.get(p),
        (PtNDArray) variance.get(p),
        rates.rate(),
        rates.rate(),
        NO_DECAY,
        rates.gradientScale(),
        NO_CLIP,
        (float) BETA1,
        (float) BETA2,
        rates.epsilon(),
        false);
  }

  private void stepInMemory(Range range, Rates rates) {
    FloatBuffer values = floats(parameters.get(range.parameter()).values());
    FloatBuffer gradients = floats(parameters.get(range.parameter()).gradient());
    FloatBuffer means = floats(mean.get(range.parameter()));
    FloatBuffer variances = floats(variance.get(range.parameter()));
    int block = Math.min(BLOCK, range.to() - range.from());
    float[] w = new float[block];
    float[] g = new float[block];
    float[] m = new float[block];
    float[] v = new float[block];
    for (int from = range.from(); from < range.to(); from += BLOCK) {
      int count = Math.min(BLOCK, range.to() - from);
      values.get(from, w, 0, count);
      gradients.get(from, g, 0, count);
      means.get(from, m, 0, count);
      variances.get(from, v, 0, count);
      update(w, g, m, v, count, rates);
      values.put(from, w, 0, count);
      means.put(from, m, 0, count);
      variances.put(from, v, 0, count);
    }
  }

  private static void update(float[] w, float[] g, float[] m, float[] v, int count, Rates rates) {
    float rate = rates.rate();
    float epsilon = rates.epsilon();
    float scale = rates.gradientScale();
    float keepMean = (float) BETA1;
    float addMean = (float) (1 - BETA1);
    float keepVariance = (float) BETA2;
    float addVariance = (float) (1 - BETA2);
    for (int i = 0; i < count; i++) {
      float gradient = g[i] * scale;
      m[i] = keepMean * m[i] + addMean * gradient;
      v[i] = keepVariance * v[i] + addVariance * gradient * gradient;
      w[i] -= rate * m[i] / ((float) Math.sqrt(v[i]) + epsilon);
    }
  }

  private static FloatBuffer floats(NDArray array) {
    return NativeFloats.view(array).asFloatBuffer();
  }

  /** A copy of the state: the means and then the variances, each in order of the parameters. */
  List<float[]> copy() {
    List<float[]> copy = new ArrayList<>();
    mean.forEach(array -> copy.add(array.toFloatArray()));
    variance.forEach(array -> copy.add(array.toFloatArray()));
    return copy;
  }

  /** Goes on from a state that {@link #copy} gave after so many steps. */
  void set(List<float[]> state, long stepsMade) {
    for (int p = 0; p < mean.size(); p++) {
      NativeFloats.set(mean.get(p), state.get(p));
      NativeFloats.set(variance.get(p), state.get(mean.size() + p));
    }
    steps = stepsMade;
  }

  /** The square root of the sum of all squared gradients. */
  public double gradientNorm() {
    double sum = 0;
    for (Parameter parameter : parameters) {
      try (NDArray squared = parameter.gradient().square();
          NDArray total = squared.sum()) {
        sum += total.getFloat();
      }
    }
    return Math.sqrt(sum);
  }
}
