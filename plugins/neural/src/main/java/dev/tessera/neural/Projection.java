package dev.tessera.neural;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * {@code y = x Wᵀ + b} on any device, with its gradients; outside of an {@link Autograd} recording.
 *
 * @param weight W [out, in]
 * @param bias b [out]
 */
public record Projection(Parameter weight, Parameter bias) {

  /** Adds {@code NAME.weight} and {@code NAME.bias}, at first evenly within 1 / √in. */
  public static Projection add(Parameters parameters, String name, int in, int out) {
    Initial initial = new Initial.Uniform(1 / Math.sqrt(in));
    return new Projection(
        parameters.addManual(name + ".weight", initial, out, in),
        parameters.addManual(name + ".bias", initial, out));
  }

  /** y [P, out] of x [P, in]. */
  public NDArray forward(NDArray x, NDManager scope) {
    NDArray y = weight.forward(x, bias);
    y.attach(scope);
    return y;
  }

  /**
   * Adds to the gradients of W and b.
   *
   * @param gradient [P, out] of y
   * @return [P, in], the gradient of x
   */
  public NDArray backward(NDArray x, NDArray gradient, NDManager scope) {
    weight.addProduct(gradient, x);
    bias.addRowSum(gradient);
    NDArray back = weight.product(gradient);
    back.attach(scope);
    return back;
  }
}
