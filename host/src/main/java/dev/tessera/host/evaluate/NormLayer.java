package dev.tessera.host.evaluate;

import ai.djl.ndarray.NDArray;
import dev.tessera.torch.AdamW;
import java.util.Arrays;

/** {@code y = (x − mean) / √(variance + 1e-5) · g + b} for each row. */
final class NormLayer {

  private final Torch torch;
  private final AdamW.Parameter gain;
  private final AdamW.Parameter bias;
  private final NDArray gainGradient;
  private final NDArray biasGradient;

  /** Means and scales of the rows that it saw last. */
  private NDArray mean;

  private NDArray scale;

  NormLayer(int width, Torch torch) {
    this.torch = torch;
    float[] ones = new float[width];
    Arrays.fill(ones, 1);
    this.gain = new AdamW.Parameter(torch.vector(ones));
    this.bias = new AdamW.Parameter(torch.vector(new float[width]));
    this.gainGradient = torch.vector(new float[width]);
    this.biasGradient = torch.vector(new float[width]);
    this.mean = torch.matrix(1, 1);
    this.scale = torch.matrix(1, 1);
  }

  AdamW.Parameter gain() {
    return gain;
  }

  AdamW.Parameter bias() {
    return bias;
  }

  /** Normalises x [B, width] into {@code into}. */
  void forward(NDArray x, NDArray into) {
    long rows = x.getShape().get(0);
    if (mean.size() != rows) {
      mean.close();
      scale.close();
      mean = torch.matrix(Math.toIntExact(rows), 1);
      scale = torch.matrix(Math.toIntExact(rows), 1);
    }
    torch.layerNorm().forward(into, x, gain.values(), bias.values(), mean, scale);
  }

  /**
   * Goes back from the last forward in place, and moves gain and bias.
   *
   * @param x as it was
   * @param gradient [B, width] of the result, made that of x
   */
  void back(NDArray x, NDArray gradient, AdamW adam) {
    torch.layerNorm().back(gradient, x, gain.values(), mean, scale, gainGradient, biasGradient);
    adam.update(gain, gainGradient);
    adam.update(bias, biasGradient);
  }
}
