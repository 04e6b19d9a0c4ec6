package dev.tessera.host.evaluate;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.host.config.DeviceName;
import dev.tessera.host.natives.Devices;
import dev.tessera.torch.AdamW;
import dev.tessera.torch.Gelu;
import dev.tessera.torch.LayerNorm;
import dev.tessera.torch.Products;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * PyTorch for the calling thread, on one device. For one thread; arrays live until {@link #close}
 * unless closed before.
 */
final class Torch implements AutoCloseable {

  private final NDManager manager;
  private final Products products;
  private final Gelu gelu;
  private final LayerNorm layerNorm;

  private Torch(NDManager manager) {
    this.manager = manager;
    this.products = new Products(manager);
    this.gelu = new Gelu(manager);
    this.layerNorm = new LayerNorm(manager);
  }

  /**
   * Loads PyTorch.
   *
   * @param device {@code cpu} or {@code cuda:N}
   * @param threads of its work on the CPU
   * @throws PluginException UNAVAILABLE if it or the device cannot be used
   */
  static Torch open(String device, int threads) {
    DeviceName name = new DeviceName(device);
    Devices.resolve(name); // tells DJL how to behave, before its first class
    try {
      NDManager manager =
          NDManager.newBaseManager(
              name.gpu().isPresent() ? Device.gpu(name.gpu().getAsInt()) : Device.cpu(), "PyTorch");
      JniUtils.setNumThreads(threads);
      JniUtils.setGradMode(false);
      return new Torch(manager);
    } catch (EngineException | LinkageError e) {
      throw new PluginException(
          ErrorCode.UNAVAILABLE,
          "PyTorch could not be used on %s: %s; see 'tessera doctor'"
              .formatted(device, String.valueOf(e.getMessage()).lines().findFirst().orElse("")),
          e);
    }
  }

  /** A matrix with any content. */
  NDArray matrix(int rows, int columns) {
    return manager.create(new Shape(rows, columns), DataType.FLOAT32);
  }

  /** A matrix of some values, row after row. */
  NDArray matrix(int rows, int columns, float[] values) {
    return manager.create(values, new Shape(rows, columns));
  }

  /** A vector of some values. */
  NDArray vector(float[] values) {
    return manager.create(values, new Shape(values.length));
  }

  /**
   * The inverse of a matrix, found in float64 and rounded to float32.
   *
   * @param matrix [n · n]
   */
  NDArray inverse(double[] matrix, int n) {
    try (NDArray wide = manager.create(matrix, new Shape(n, n));
        NDArray inverse = wide.inverse()) {
      return inverse.toType(DataType.FLOAT32, false);
    }
  }

  /** Products into arrays that are there. */
  Products products() {
    return products;
  }

  Gelu gelu() {
    return gelu;
  }

  LayerNorm layerNorm() {
    return layerNorm;
  }

  /** AdamW of a rate η, decay λ and ε. */
  AdamW adam(double learningRate, double decay, double epsilon) {
    return new AdamW(manager, learningRate, decay, epsilon);
  }

  /** The memory of a contiguous array on the CPU, without a copy; valid while it is open. */
  static FloatBuffer floats(NDArray array) {
    ByteBuffer view = ((PtNDArray) array).toByteBuffer(true);
    if (!view.isDirect()) {
      throw new IllegalStateException("no direct view of " + array.getShape());
    }
    return view.order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  /** {@code aᵀ b}. */
  static NDArray transposedProduct(NDArray a, NDArray b) {
    try (NDArray turned = a.transpose()) {
      return turned.matMul(b);
    }
  }

  /** A view of a range of a dimension, to be closed. */
  static NDArray slice(NDArray array, int dimension, int from, int to) {
    return JniUtils.slice((PtNDArray) array, dimension, from, to, 1);
  }

  @Override
  public void close() {
    manager.close();
  }
}
