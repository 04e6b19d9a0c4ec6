package dev.tessera.host.evaluate;

import ai.djl.ndarray.NDArray;
import java.util.SplittableRandom;

/** {@code y = x Wᵀ + b}; first weights uniform in ±1/√(inputs), as PyTorch's. */
final class DenseLayer {

  /** Gradients are made and used in parts of 16 MB, whose memory the allocator keeps. */
  private static final int CHUNK_FLOATS = 1 << 22;

  private final AdamW.Parameter weight;
  private final AdamW.Parameter bias;
  private final int inputs;
  private final int outputs;

  DenseLayer(int inputs, int outputs, SplittableRandom random, Torch torch) {
    this.inputs = inputs;
    this.outputs = outputs;
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

  /** [B, outputs], to be closed. */
  NDArray forward(NDArray x) {
    return Torch.linear(x, weight.values(), bias.values());
  }

  /**
   * [B, inputs] the gradient of x, to be closed; before {@link #learn}, which moves the weights.
   */
  NDArray back(NDArray gradient) {
    return gradient.matMul(weight.values());
  }

  /** Moves the weights by the gradient of the result. */
  void learn(NDArray x, NDArray gradient, AdamW adam) {
    int rowsAtOnce = Math.max(1, CHUNK_FLOATS / inputs);
    for (int from = 0; from < outputs; from += rowsAtOnce) {
      int to = Math.min(outputs, from + rowsAtOnce);
      try (NDArray part = Torch.slice(gradient, 1, from, to);
          NDArray product = Torch.transposedProduct(part, x)) {
        adam.update(weight, from * inputs, Torch.floats(product));
      }
    }
    try (NDArray sum = gradient.sum(new int[] {0})) {
      adam.update(bias, 0, Torch.floats(sum));
    }
  }
}
