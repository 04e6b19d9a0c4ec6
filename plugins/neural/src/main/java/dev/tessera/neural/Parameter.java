package dev.tessera.neural;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/**
 * One trained array and its gradient, both owned by the stage's manager and of one shape. Each step
 * adds to the gradient: either PyTorch does, by {@link Autograd#backward}, or the model itself.
 */
public final class Parameter {

  private final String name;
  private final NDArray values;
  private final NDArray gradient;
  private final boolean recorded;

  private Parameter(String name, NDArray values, NDArray gradient, boolean recorded) {
    this.name = name;
    this.values = values;
    this.gradient = gradient;
    this.recorded = recorded;
  }

  /** A parameter whose gradient PyTorch computes. */
  static Parameter recorded(String name, NDArray values) {
    values.setRequiresGradient(true);
    // a first backward pass makes the gradient's array, which PyTorch then keeps and adds to
    try (NDArray none = Autograd.record(() -> values.mul(0));
        NDArray ones = values.onesLike()) {
      Autograd.backward(none, ones);
    }
    return new Parameter(name, values, values.getGradient(), true);
  }

  /** A parameter whose gradient the model adds up itself. */
  static Parameter manual(String name, NDArray values) {
    return new Parameter(name, values, values.zerosLike(), false);
  }

  /** The name, as in files. */
  public String name() {
    return name;
  }

  /** The values; written to by the optimiser alone. */
  public NDArray values() {
    return values;
  }

  /** The sum of the gradients since the last {@link #zeroGradient}. */
  public NDArray gradient() {
    return gradient;
  }

  /** The number of values. */
  public int size() {
    return Math.toIntExact(values.size());
  }

  /** Adds {@code leftᵀ right} to the gradient: of a weight, given what went in and came back. */
  void addProduct(NDArray left, NDArray right) {
    try (NDArray turned = left.transpose();
        NDArray product = turned.matMul(right)) {
      gradient.addi(product);
    }
  }

  /** Adds the sum of the rows of a matrix to the gradient: of a bias, given what came back. */
  void addRowSum(NDArray rows) {
    // as a product, which is ten times as fast as PyTorch's sum over the first dimension
    try (NDArray ones = rows.getManager().ones(new Shape(rows.getShape().get(0)));
        NDArray sum = ones.matMul(rows)) {
      gradient.addi(sum);
    }
  }

  /** Sets the gradient to zero, in place. */
  void zeroGradient() {
    if (recorded) {
      Autograd.zeroGradient(values);
    } else {
      NativeFloats.fill(gradient, 0);
    }
  }
}
