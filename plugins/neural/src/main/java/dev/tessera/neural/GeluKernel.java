package dev.tessera.neural;

/**
 * {@code γ(x) = ½ x (1 + tanh(√(2/π) (x + 0.044715 x³)))}, after Hendrycks and Gimpel (arXiv
 * 1606.08415), and its derivative; computed as {@code x σ(w)}, {@code w = 2√(2/π) (x + 0.044715
 * x³)}. Each block's working memory is its caller's.
 */
final class GeluKernel {

  private static final float CUBE = 0.044715f;
  private static final float SCALE = (float) (2 * Math.sqrt(2 / Math.PI));

  private GeluKernel() {}

  /** {@code result = γ(x)}. */
  static void forward(float[] x, float[] result, int count) {
    for (int i = 0; i < count; i++) {
      result[i] = SCALE * (x[i] + CUBE * x[i] * x[i] * x[i]);
    }
    VectorMath.sigmoids(result, count);
    for (int i = 0; i < count; i++) {
      result[i] *= x[i];
    }
  }

  /** {@code gradient ← gradient · γ'(x)}; x is overwritten. */
  static void backward(float[] x, float[] gradient, float[] work, int count) {
    for (int i = 0; i < count; i++) {
      work[i] = SCALE * (x[i] + CUBE * x[i] * x[i] * x[i]);
    }
    VectorMath.sigmoids(work, count);
    for (int i = 0; i < count; i++) {
      float slope = SCALE * (1 + 3 * CUBE * x[i] * x[i]);
      gradient[i] *= work[i] * (1 + x[i] * (1 - work[i]) * slope);
    }
  }
}
