package dev.tessera.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;

/**
 * Products of float32 matrices, with their factors rounded to a precision first. DJL's arrays know
 * neither bfloat16 nor a product that is added to what is there, so both are a few lines of
 * TorchScript. Results belong to the manager of the first factor. Outside of a recording only. Not
 * safe for several threads, but for products of b that {@link #lowers} says no of.
 */
public final class Products implements AutoCloseable {

  private static final String PROGRAM =
      """
        def lower(self, a: Tensor) -> Tensor:
          return torch.to(a, 15)
        def product(self, into: Tensor, a: Tensor, b: Tensor) -> Tensor:
          return torch.copy_(into, torch.matmul(torch.to(a, 15), torch.to(b, 15)))
        def linear(self, into: Tensor, a: Tensor, b: Tensor, bias: Tensor) -> Tensor:
          lowered = torch.matmul(torch.to(a, 15), torch.to(b, 15))
          return torch.copy_(into, torch.add(lowered, bias))
        def add(self, into: Tensor, a: Tensor, b: Tensor) -> Tensor:
          return torch.add_(into, torch.matmul(torch.to(a, 15), torch.to(b, 15)))
        def product32(self, into: Tensor, a: Tensor, b: Tensor) -> Tensor:
          return torch.copy_(into, torch.matmul(a, torch.to(b, 6)))
        def linear32(self, into: Tensor, a: Tensor, b: Tensor, bias: Tensor) -> Tensor:
          return torch.copy_(into, torch.addmm(bias, a, torch.to(b, 6)))
        def set(self, into: Tensor, a: Tensor, b: Tensor) -> Tensor:
          return torch.mm(a, b, out=into)
        def setLinear(self, into: Tensor, a: Tensor, b: Tensor, bias: Tensor) -> Tensor:
          return torch.addmm(bias, a, b, out=into)
        def add32(self, into: Tensor, a: Tensor, b: Tensor) -> Tensor:
          return torch.addmm_(into, a, b)
      """;

  /**
   * The numbers of rows that are multiplied in bfloat16; what is left over is in float32. PyTorch
   * keeps a compiled product for each size that it meets, megabytes each, and batches would make it
   * meet thousands.
   */
  private static final int[] BLOCKS = {4096, 1024, 256, 64};

  /** Below this many values rounding costs more than it saves (a GRU of width 128: 49,152). */
  private static final int WIDE = 1 << 16;

  private final TorchScript program;
  private Precision precision = Precision.FLOAT32;

  /** In float32 until {@link #use}; lives as long as the manager unless closed before. */
  public Products(NDManager manager) {
    this.program = new TorchScript((PtNDManager) manager, PROGRAM);
  }

  /** From now on rounds factors to a precision, FLOAT32 or BFLOAT16. */
  public void use(Precision factors) {
    if (factors == Precision.AUTO) {
      throw new IllegalArgumentException("auto must be resolved for a device first");
    }
    precision = factors;
  }

  /**
   * Whether factors are rounded in products with b, or that are added to b: {@link #lower} then
   * pays for a b that is used several times.
   */
  public boolean lowers(NDArray b) {
    return precision == Precision.BFLOAT16 && b.size() >= WIDE;
  }

  /** A rounded copy, to be closed, that serves as a second factor and for nothing else. */
  public NDArray lower(NDArray b) {
    return program.run("lower", b);
  }

  /** {@code a b}, to be closed. */
  public NDArray product(NDArray a, NDArray b) {
    if (!lowers(b)) {
      return a.matMul(b);
    }
    NDArray result = result(a, b.getShape().get(1));
    each(rows(a), (name, from, to) -> part("product" + name, result, a, from, to, b));
    return result;
  }

  /** {@code into ← a b} in float32, whatever the precision. */
  public void set(NDArray into, NDArray a, NDArray b) {
    program.run("set", into, a, b).close();
  }

  /** {@code into ← aᵀ b} in float32, whatever the precision. */
  public void setTransposed(NDArray into, NDArray a, NDArray b) {
    try (NDArray turned = a.transpose()) {
      set(into, turned, b);
    }
  }

  /** {@code into ← a bᵀ + bias} in float32, whatever the precision. */
  public void setLinear(NDArray into, NDArray a, NDArray b, NDArray bias) {
    try (NDArray turned = b.transpose()) {
      program.run("setLinear", into, a, turned, bias).close();
    }
  }

  /** {@code a bᵀ}, to be closed. */
  public NDArray productTransposed(NDArray a, NDArray b) {
    try (NDArray turned = b.transpose()) {
      return product(a, turned);
    }
  }

  /** {@code a bᵀ + bias}, the bias added to each row; to be closed. */
  public NDArray linear(NDArray a, NDArray b, NDArray bias) {
    if (!lowers(b)) {
      return JniUtils.linear((PtNDArray) a, (PtNDArray) b, (PtNDArray) bias);
    }
    NDArray result = result(a, b.getShape().get(0));
    try (NDArray turned = b.transpose()) {
      each(rows(a), (name, from, to) -> part("linear" + name, result, a, from, to, turned, bias));
    }
    return result;
  }

  /** {@code into += aᵀ b}, in place. */
  public void addTransposedProduct(NDArray into, NDArray a, NDArray b) {
    if (!lowers(into)) {
      add("add32", into, a, b);
      return;
    }
    each(
        rows(a),
        (name, from, to) -> {
          try (NDArray left = slice(a, from, to);
              NDArray right = slice(b, from, to)) {
            add("add" + name, into, left, right);
          }
        });
  }

  private void add(String method, NDArray into, NDArray a, NDArray b) {
    try (NDArray turned = a.transpose()) {
      program.run(method, into, turned, b).close();
    }
  }

  private void part(String method, NDArray result, NDArray a, int from, int to, NDArray... others) {
    try (NDArray target = slice(result, from, to);
        NDArray factor = slice(a, from, to)) {
      NDArray[] all = new NDArray[2 + others.length];
      all[0] = target;
      all[1] = factor;
      System.arraycopy(others, 0, all, 2, others.length);
      program.run(method, all).close();
    }
  }

  private interface Part {
    void multiply(String suffix, int from, int to);
  }

  private static void each(int rows, Part part) {
    int from = 0;
    for (int block : BLOCKS) {
      for (; rows - from >= block; from += block) {
        part.multiply("", from, from + block);
      }
    }
    if (from < rows) {
      part.multiply("32", from, rows);
    }
  }

  private static NDArray result(NDArray a, long columns) {
    return a.getManager().create(new Shape(a.getShape().get(0), columns), DataType.FLOAT32);
  }

  private static int rows(NDArray a) {
    return Math.toIntExact(a.getShape().get(0));
  }

  private static NDArray slice(NDArray a, int from, int to) {
    return JniUtils.slice((PtNDArray) a, 0, from, to, 1);
  }

  @Override
  public void close() {
    program.close();
  }
}
