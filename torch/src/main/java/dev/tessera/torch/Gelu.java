package dev.tessera.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;

/**
 * {@code γ(x) = x Φ(x)} with the normal distribution Φ (Hendrycks and Gimpel, arXiv 1606.08415), in
 * place, which DJL's arrays lack.
 */
public final class Gelu implements AutoCloseable {

  private static final String PROGRAM =
      """
        def forward(self, into: Tensor, x: Tensor) -> Tensor:
          return torch.gelu(x, out=into)
        def back(self, gradient: Tensor, x: Tensor) -> Tensor:
          return torch.gelu_backward(gradient, x, approximate="none", grad_input=gradient)
      """;

  private final TorchScript program;

  /** Lives as long as the manager unless closed before. */
  public Gelu(NDManager manager) {
    this.program = new TorchScript((PtNDManager) manager, PROGRAM);
  }

  /** {@code into ← γ(x)}. */
  public void forward(NDArray x, NDArray into) {
    program.run("forward", into, x).close();
  }

  /** Makes the gradient of γ(x) that of x: {@code gradient ← gradient · γ′(x)}, in place. */
  public void back(NDArray gradient, NDArray x) {
    program.run("back", gradient, x).close();
  }

  @Override
  public void close() {
    program.close();
  }
}
