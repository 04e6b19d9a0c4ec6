package dev.tessera.host.evaluate;

import ai.djl.ndarray.NDArray;
import dev.tessera.torch.AdamW;
import java.util.SplittableRandom;

/** {@code y = x Wᵀ + b}; first weights uniform in ±1/√(inputs), as PyTorch's. */
final class DenseLayer {

  private final AdamW.Parameter weight;
  private final AdamW.Parameter bias;
  private final int inputs;
  private final int outputs;
  private final Torch torch;

  DenseLayer(int inputs, int outputs, SplittableRandom random, Torch torch) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.torch = torch;
    this.weight =
        new AdamW.Parameter(
            torch.matrix(outputs, inputs, uniform(outputs * inputs, inputs, random)));
    this.bias = new AdamW.Parameter(torch.vector(uniform(outputs, inputs, random)));
  }

  private static float[] uniform(int count, int inputs, SplittableRandom random) {
    float bound = (float) (1 / Math.sqrt(inputs));
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = bound * (2 * (random.nextInt(1 << 24) / (float) (1 << 24)) - 1);
    }
    return values;
  }

  AdamW.Parameter weight() {
    return weight;
  }

  AdamW.Parameter bias() {
    return bias;
  }

  /** Sets {@code y} [B, outputs] for x [B, inputs]. */
  void forward(NDArray x, NDArray y) {
    torch.products().setLinear(y, x, weight.values(), bias.values());
  }

  /**
   * Sets the gradient of x [B, inputs]; before {@link #learn}, which moves the weights.
   *
   * @param gradient [B, outputs] of the result
   */
  void back(NDArray gradient, NDArray ofX) {
    torch.products().set(ofX, gradient, weight.values());
  }

  /**
   * Moves the weights by the gradient of the result, a part at a time.
   *
   * @param scratch for the gradient of a part, of at least one row of weights
   */
  void learn(NDArray x, NDArray gradient, NDArray scratch, AdamW adam) {
    int rowsAtOnce = Math.min(outputs, Math.toIntExact(scratch.size() / inputs));
    for (int from = 0; from < outputs; from += rowsAtOnce) {
      int to = Math.min(outputs, from + rowsAtOnce);
      try (NDArray part = Torch.slice(gradient, 1, from, to);
          NDArray place = Torch.slice(scratch, 0, 0, (to - from) * inputs);
          NDArray product = place.reshape(to - from, inputs)) {
        torch.products().setTransposed(product, part, x);
        adam.update(weight, from, to, product);
      }
    }
    try (NDArray sum = gradient.sum(new int[] {0})) {
      adam.update(bias, sum);
    }
  }
}
