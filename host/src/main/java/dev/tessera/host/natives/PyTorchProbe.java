package dev.tessera.host.natives;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tessera.host.config.DeviceName;
import java.util.Locale;
import java.util.Optional;

/** Loads PyTorch and multiplies two matrices on the device that {@code auto} means. */
final class PyTorchProbe {

  private static final String SUBJECT = "PyTorch";
  private static final long SIZE = 1024;
  private static final int PRODUCTS = 10;

  private final PyTorchLibrary library;
  private final Optional<CudaDriver> driver;

  PyTorchProbe(PyTorchLibrary library, Optional<CudaDriver> driver) {
    this.library = library;
    this.driver = driver;
  }

  Finding finding() {
    String device = Devices.choose(new DeviceName("auto"), driver, library);
    try {
      Engine engine = Engine.getEngine(SUBJECT);
      return Finding.ok(
          SUBJECT,
          String.format(
              Locale.ROOT,
              "%s through DJL %s, works on %s: %,.0f GFLOP/s",
              engine.getVersion(),
              Engine.getDjlVersion(),
              device,
              speed(device) / 1e9));
    } catch (EngineException | IllegalStateException | LinkageError e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return Finding.broken(
          SUBJECT,
          "does not work on %s: %s"
              .formatted(device, String.valueOf(cause.getMessage()).lines().findFirst().orElse("")),
          advice(library));
    }
  }

  private static String advice(PyTorchLibrary library) {
    return switch (library.source()) {
      case FOLDER ->
          "unset %s, or let it name the lib folder of a PyTorch of the same version"
              .formatted(PyTorchLibrary.FOLDER_VARIABLE);
      case JAR ->
          "look whether ~/.djl.ai can be written and has 500 MB free; on Linux, glibc 2.28 or newer is needed";
      case DOWNLOAD -> "look whether %s can be reached".formatted(library.place());
    };
  }

  /** Operations per second of products of float32 matrices. */
  private static double speed(String device) {
    Device where =
        device.equals("cpu")
            ? Device.cpu()
            : Device.gpu(Integer.parseInt(device.substring("cuda:".length())));
    try (NDManager manager = NDManager.newBaseManager(where, SUBJECT)) {
      NDArray left = manager.ones(new Shape(SIZE, SIZE));
      NDArray right = manager.ones(new Shape(SIZE, SIZE));
      multiply(left, right);
      long start = System.nanoTime();
      for (int i = 0; i < PRODUCTS; i++) {
        multiply(left, right);
      }
      return PRODUCTS * 2.0 * SIZE * SIZE * SIZE * 1e9 / (System.nanoTime() - start);
    }
  }

  private static void multiply(NDArray left, NDArray right) {
    try (NDArray product = left.matMul(right);
        NDArray one = product.get(0, 0)) {
      if (one.getFloat() != SIZE) {
        throw new IllegalStateException("a product came out wrong: " + one.getFloat());
      }
    }
  }
}
