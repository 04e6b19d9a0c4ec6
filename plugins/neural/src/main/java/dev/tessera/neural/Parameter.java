package dev.tessera.neural;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.tessera.torch.Products;

/**
 * One trained array and its gradient, both owned by the stage's manager and of one shape. Each step
 * adds to the gradient: either PyTorch does, by {@link Autograd#backward}, or the model itself.
 */
public final class Parameter {

  private final String name;
  private final NDArray values;
  private final NDArray gradient;
  private final boolean recorded;
  private final Products products;
  private NDArray lowered;

  private Parameter(
      String name, NDArray values, NDArray gradient, boolean recorded, Products products) {
    this.name = name;
    this.values = values;
    this.gradient = gradient;
    this.recorded = recorded;
    this.products = products;
  }

  /** A parameter whose gradient PyTorch computes. */
  static Parameter recorded(String name, NDArray values, Products products) {
    values.setRequiresGradient(true);
    // a first backward pass makes the gradient's array, which PyTorch then keeps and adds to
    try (NDArray none = Autograd.record(() -> values.mul(0));
        NDArray ones = values.onesLike()) {
      Autograd.backward(none, ones);
    }
    return new Parameter(name, values, values.getGradient(), true, products);
  }

  /** A parameter whose gradient the model adds up itself. */
  static Parameter manual(String name, NDArray values, Products products) {
    return new Parameter(name, values, values.zerosLike(), false, products);
  }

  /** A parameter whose products are made as this one's are. */
  Parameter like(String otherName, NDArray otherValues) {
    return manual(otherName, otherValues, products);
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

  /** {@code x Wᵀ + b} of this W [out, in], to be closed; b may be null. */
  NDArray forward(NDArray x, Parameter bias) {
    return bias == null
        ? products.productTransposed(x, factor())
        : products.linear(x, factor(), bias.values);
  }

  /** {@code x W + b} of this W [in, out], to be closed. */
  NDArray product(NDArray x, Parameter bias) {
    try (NDArray turned = factor().transpose()) {
      return products.linear(x, turned, bias.values);
    }
  }

  /** {@code x W} of this W, to be closed. */
  NDArray product(NDArray x) {
    return products.product(x, factor());
  }

  /** {@code x Wᵀ} of this W, to be closed. */
  NDArray productTransposed(NDArray x) {
    return products.productTransposed(x, factor());
  }

  /** Whether products with this parameter take rounded factors. */
  boolean isLowered() {
    return products.lowers(values);
  }

  /** The values in the precision of products: made once between two of the optimiser's steps. */
  private NDArray factor() {
    if (!isLowered()) {
      return values;
    }
    if (lowered == null) {
      lowered = products.lower(values);
    }
    return lowered;
  }

  /** Adds {@code leftᵀ right} to the gradient: of a weight, given what went in and came back. */
  void addProduct(NDArray left, NDArray right) {
    products.addTransposedProduct(gradient, left, right);
  }

  /** Adds the sum of the rows of a matrix to the gradient: of a bias, given what came back. */
  void addRowSum(NDArray rows) {
    // as a product, which is ten times as fast as PyTorch's sum over the first dimension
    try (NDArray ones = rows.getManager().ones(new Shape(rows.getShape().get(0)));
        NDArray sum = ones.matMul(rows)) {
      gradient.addi(sum);
    }
  }

  /** Lets go of what {@link #factor} keeps; to be called before the values change. */
  void dropFactor() {
    if (lowered != null) {
      lowered.close();
      lowered = null;
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
