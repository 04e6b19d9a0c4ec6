package dev.tessera.host.evaluate;

import ai.djl.ndarray.NDArray;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Normalises rows (Ba et al., arXiv 1607.06450): {@code y = (x − mean) / √(variance + 1e-5) · g +
 * b}. Keeps what going back needs of the rows it saw last.
 */
final class NormLayer {

  private static final double EPSILON = 1e-5;

  private final int width;
  private final AdamW.Parameter gain;
  private final AdamW.Parameter bias;
  private float[] normed = {};
  private float[] scales = {};
  private float[] gains = {};

  NormLayer(int width, Torch torch) {
    this.width = width;
    float[] ones = new float[width];
    Arrays.fill(ones, 1);
    this.gain = new AdamW.Parameter(torch.vector(ones));
    this.bias = new AdamW.Parameter(torch.vector(new float[width]));
  }

  AdamW.Parameter gain() {
    return gain;
  }

  AdamW.Parameter bias() {
    return bias;
  }

  /** Normalises x [B, width] into {@code into}. */
  void forward(NDArray x, NDArray into) {
    FloatBuffer from = Torch.floats(x);
    FloatBuffer to = Torch.floats(into);
    int rows = from.capacity() / width;
    if (normed.length < from.capacity()) {
      normed = new float[from.capacity()];
      scales = new float[rows];
    }
    gains = copy(gain.floats());
    float[] shifts = copy(bias.floats());
    IntStream.range(0, rows)
        .parallel()
        .forEach(
            row -> {
              float[] values = new float[width];
              from.get(row * width, values);
              double sum = 0;
              for (float value : values) {
                sum += value;
              }
              float mean = (float) (sum / width);
              double squares = 0;
              for (float value : values) {
                squares += (value - mean) * (value - mean);
              }
              float scale = (float) (1 / Math.sqrt(squares / width + EPSILON));
              scales[row] = scale;
              for (int i = 0; i < width; i++) {
                float unit = (values[i] - mean) * scale;
                normed[row * width + i] = unit;
                values[i] = unit * gains[i] + shifts[i];
              }
              to.put(row * width, values);
            });
  }

  /**
   * Goes back from the last forward, and moves gain and bias.
   *
   * @param gradient [B, width] of the result
   * @param into the gradient of x
   * @param adds whether it is added to what is there
   */
  void back(NDArray gradient, NDArray into, boolean adds, AdamW adam) {
    FloatBuffer from = Torch.floats(gradient);
    FloatBuffer to = Torch.floats(into);
    int rows = from.capacity() / width;
    float[] gainGradient = new float[width];
    float[] biasGradient = new float[width];
    float[] values = new float[width];
    float[] sums = new float[width];
    for (int row = 0; row < rows; row++) {
      from.get(row * width, values);
      int at = row * width;
      for (int i = 0; i < width; i++) {
        biasGradient[i] += values[i];
        gainGradient[i] += values[i] * normed[at + i];
        values[i] *= gains[i];
      }
      double mean = 0;
      double slope = 0;
      for (int i = 0; i < width; i++) {
        mean += values[i];
        slope += values[i] * normed[at + i];
      }
      float m = (float) (mean / width);
      float s = (float) (slope / width);
      if (adds) {
        to.get(at, sums);
      } else {
        Arrays.fill(sums, 0);
      }
      for (int i = 0; i < width; i++) {
        sums[i] += scales[row] * (values[i] - m - normed[at + i] * s);
      }
      to.put(at, sums);
    }
    adam.update(gain, 0, FloatBuffer.wrap(gainGradient));
    adam.update(bias, 0, FloatBuffer.wrap(biasGradient));
  }

  private static float[] copy(FloatBuffer buffer) {
    float[] values = new float[buffer.capacity()];
    buffer.get(0, values);
    return values;
  }
}
