package dev.tessera.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Arrays;

/**
 * Products of float32 matrices, with their factors rounded to a precision first. DJL's arrays know
 * neither bfloat16 nor a product that is added to what is there, so both are a few lines of
 * TorchScript. Outside of a recording only. Not safe for several threads.
 */
public final class Products implements AutoCloseable {

  private static final String PROGRAM =
      """
        def lower(self, a: Tensor) -> Tensor:
          return torch.to(a, 15)
        def product(self, a: Tensor, b: Tensor) -> Tensor:
          return torch.to(torch.matmul(torch.to(a, 15), torch.to(b, 15)), 6)
        def linear(self, a: Tensor, b: Tensor, bias: Tensor) -> Tensor:
          return torch.add(torch.matmul(torch.to(a, 15), torch.to(b, 15)), bias)
        def add(self, into: Tensor, a: Tensor, b: Tensor) -> Tensor:
          return torch.add_(into, torch.matmul(torch.to(a, 15), torch.to(b, 15)))
        def addmm(self, into: Tensor, a: Tensor, b: Tensor) -> Tensor:
          return torch.addmm_(into, a, b)
      """;

  private final PtNDManager manager;
  private final PtSymbolBlock program;
  private Precision precision = Precision.FLOAT32;

  /** In float32 until {@link #use}; lives as long as the manager unless closed before. */
  public Products(NDManager manager) {
    this.manager = (PtNDManager) manager;
    this.program = TorchScript.load(this.manager, PROGRAM);
  }

  /** From now on rounds factors to a precision, FLOAT32 or BFLOAT16. */
  public void use(Precision factors) {
    if (factors == Precision.AUTO) {
      throw new IllegalArgumentException("auto must be resolved for a device first");
    }
    precision = factors;
  }

  /** Whether factors are rounded: {@link #lower} then pays for one that is used several times. */
  public boolean lowers() {
    return precision == Precision.BFLOAT16;
  }

  /** A rounded copy, to be closed, that serves as a factor and for nothing else. */
  public NDArray lower(NDArray a) {
    return run("lower", a);
  }

  /** {@code a b}, to be closed. */
  public NDArray product(NDArray a, NDArray b) {
    return lowers() ? run("product", a, b) : a.matMul(b);
  }

  /** {@code a bᵀ}, to be closed. */
  public NDArray productTransposed(NDArray a, NDArray b) {
    try (NDArray turned = b.transpose()) {
      return product(a, turned);
    }
  }

  /** {@code a bᵀ + bias}, the bias added to each row; to be closed. */
  public NDArray linear(NDArray a, NDArray b, NDArray bias) {
    if (!lowers()) {
      return JniUtils.linear((PtNDArray) a, (PtNDArray) b, (PtNDArray) bias);
    }
    try (NDArray turned = b.transpose()) {
      return run("linear", a, turned, bias);
    }
  }

  /** {@code into += aᵀ b}, in place. */
  public void addTransposedProduct(NDArray into, NDArray a, NDArray b) {
    try (NDArray turned = a.transpose()) {
      run(lowers() ? "add" : "addmm", into, turned, b).close();
    }
  }

  private NDArray run(String method, NDArray... arguments) {
    IValue[] values =
        Arrays.stream(arguments).map(a -> IValue.from((PtNDArray) a)).toArray(IValue[]::new);
    try (IValue result = IValueUtils.runMethod(program, method, values)) {
      return result.toTensor(manager);
    } finally {
      for (IValue value : values) {
        value.close();
      }
    }
  }

  @Override
  public void close() {
    program.close();
  }
}
