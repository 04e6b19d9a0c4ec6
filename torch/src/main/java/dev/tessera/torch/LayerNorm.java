package dev.tessera.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;

/**
 * Normalises rows (Ba et al., arXiv 1607.06450): {@code y = (x − mean) / √(variance + 1e-5) · g +
 * b}, and goes back, by PyTorch's kernels, which DJL does not offer without a recording.
 */
public final class LayerNorm implements AutoCloseable {

  private static final String PROGRAM =
      """
        def forward(self, into: Tensor, x: Tensor, gain: Tensor, bias: Tensor, mean: Tensor, scale: Tensor) -> Tensor:
          y, m, s = torch.native_layer_norm(x, [torch.size(x, 1)], gain, bias, 1.0000000000000001e-05)
          a = torch.copy_(mean, m)
          b = torch.copy_(scale, s)
          return torch.copy_(into, y)
        def back(self, gradient: Tensor, x: Tensor, gain: Tensor, mean: Tensor, scale: Tensor, ofGain: Tensor, ofBias: Tensor) -> Tensor:
          dx, dg, db = torch.native_layer_norm_backward(gradient, x, [torch.size(x, 1)], mean, scale, gain, gain, [True, True, True])
          a = torch.copy_(ofGain, dg)
          b = torch.copy_(ofBias, db)
          return torch.copy_(gradient, dx)
      """;

  private final TorchScript program;

  /** Lives as long as the manager unless closed before. */
  public LayerNorm(NDManager manager) {
    this.program = new TorchScript((PtNDManager) manager, PROGRAM);
  }

  /**
   * Normalises.
   *
   * @param into set to the result [B, W]
   * @param x [B, W]
   * @param mean set to the rows' means [B, 1]
   * @param scale set to 1 / √(variance + 1e-5) of the rows [B, 1]
   */
  public void forward(
      NDArray into, NDArray x, NDArray gain, NDArray bias, NDArray mean, NDArray scale) {
    program.run("forward", into, x, gain, bias, mean, scale).close();
  }

  /**
   * Goes back in place.
   *
   * @param gradient [B, W] of the result, made that of x
   * @param mean as {@link #forward} set it
   * @param scale as {@link #forward} set it
   * @param ofGain set to the gain's gradient [W]
   * @param ofBias set to the bias's gradient [W]
   */
  public void back(
      NDArray gradient,
      NDArray x,
      NDArray gain,
      NDArray mean,
      NDArray scale,
      NDArray ofGain,
      NDArray ofBias) {
    program.run("back", gradient, x, gain, mean, scale, ofGain, ofBias).close();
  }

  @Override
  public void close() {
    program.close();
  }
}
