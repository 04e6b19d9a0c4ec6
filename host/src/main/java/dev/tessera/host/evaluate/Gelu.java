package dev.tessera.host.evaluate;

import ai.djl.ndarray.NDArray;
import java.nio.FloatBuffer;
import java.util.stream.IntStream;

/**
 * {@code γ(x) = x Φ(x)} with the normal distribution Φ (Hendrycks and Gimpel, arXiv 1606.08415).
 */
final class Gelu {

  private static final int BLOCK = 8192;
  private static final float ROOT_HALF = (float) Math.sqrt(0.5);
  private static final float DENSITY = (float) (1 / Math.sqrt(2 * Math.PI));

  private Gelu() {}

  /**
   * Applies it.
   *
   * @param into set to γ(x)
   * @param slopes set to γ′(x) = Φ(x) + x φ(x)
   */
  static void forward(NDArray x, NDArray into, NDArray slopes) {
    try (NDArray scaled = x.mul(ROOT_HALF);
        NDArray error = scaled.erf();
        NDArray square = scaled.square();
        NDArray negative = square.neg();
        NDArray bell = negative.exp()) {
      FloatBuffer[] parts = {
        Torch.floats(x),
        Torch.floats(error),
        Torch.floats(bell),
        Torch.floats(into),
        Torch.floats(slopes)
      };
      int size = parts[0].capacity();
      IntStream.range(0, (size + BLOCK - 1) / BLOCK)
          .parallel()
          .forEach(block -> block(parts, block * BLOCK, Math.min(BLOCK, size - block * BLOCK)));
    }
  }

  private static void block(FloatBuffer[] parts, int at, int count) {
    float[] x = new float[count];
    float[] error = new float[count];
    float[] bell = new float[count];
    parts[0].get(at, x);
    parts[1].get(at, error);
    parts[2].get(at, bell);
    for (int i = 0; i < count; i++) {
      float below = 0.5f * (1 + error[i]);
      bell[i] = below + x[i] * bell[i] * DENSITY;
      x[i] *= below;
    }
    parts[3].put(at, x);
    parts[4].put(at, bell);
  }
}
