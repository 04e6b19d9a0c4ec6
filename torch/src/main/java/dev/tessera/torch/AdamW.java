package dev.tessera.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Locale;

/**
 * AdamW (Loshchilov and Hutter, arXiv 1711.05101) with β₁ 0.9, β₂ 0.999: {@code w ← w − ηλw}, then
 * {@code w ← w − η m̂ / (√v̂ + ε)}, by PyTorch's kernel that does all of it in one pass. Applied to
 * a part of a parameter as soon as its gradient is known, so that no gradient need be kept.
 */
public final class AdamW implements AutoCloseable {

  /** PyTorch's ε. */
  public static final double EPSILON = 1e-8;

  /** By lists that come from outside: PyTorch would drop the call as one without effect. */
  private static final String PROGRAM =
      """
        def next(self, step: Tensor) -> Tensor:
          return torch.add_(step, 1)
        def update(self, w: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], step: List[Tensor]) -> Tensor:
          torch._fused_adamw_(w, g, m, v, annotate(List[Tensor], []), step, lr=%s, beta1=0.9, beta2=0.999, weight_decay=%s, eps=%s, amsgrad=False, maximize=False)
          return w[0]
      """;

  private final TorchScript program;
  private final NDArray step;

  /** A parameter with its running means, which live as long as the parameter's manager. */
  public static final class Parameter {
    private final NDArray values;
    private final NDArray mean;
    private final NDArray variance;

    /** Starts with means of 0. */
    public Parameter(NDArray values) {
      this.values = values;
      this.mean = values.zerosLike();
      this.variance = values.zerosLike();
    }

    /** The values, not to be closed. */
    public NDArray values() {
      return values;
    }
  }

  /**
   * Starts at step 0; lives as long as the manager unless closed before.
   *
   * @param learningRate η
   * @param decay λ
   * @param epsilon ε
   */
  public AdamW(NDManager manager, double learningRate, double decay, double epsilon) {
    program =
        new TorchScript(
            (PtNDManager) manager,
            String.format(Locale.ROOT, PROGRAM, learningRate, decay, epsilon));
    step = manager.create(0f);
  }

  /** Starts a step, in which updates cover each value once. */
  public void next() {
    program.run("next", step).close();
  }

  /** Moves a parameter. */
  public void update(Parameter parameter, NDArray gradient) {
    update(parameter.values, gradient, parameter.mean, parameter.variance);
  }

  /** Moves rows {@code from} to {@code to} of a parameter by their gradient. */
  public void update(Parameter parameter, int from, int to, NDArray gradient) {
    try (NDArray values = JniUtils.slice((PtNDArray) parameter.values, 0, from, to, 1);
        NDArray mean = JniUtils.slice((PtNDArray) parameter.mean, 0, from, to, 1);
        NDArray variance = JniUtils.slice((PtNDArray) parameter.variance, 0, from, to, 1)) {
      update(values, gradient, mean, variance);
    }
  }

  private void update(NDArray values, NDArray gradient, NDArray mean, NDArray variance) {
    program.runOnLists("update", values, gradient, mean, variance, step).close();
  }

  @Override
  public void close() {
    step.close();
    program.close();
  }
}
