package dev.tessera.neural;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtEngineProvider;
import ai.djl.pytorch.jni.JniUtils;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginException;

/** Opens the memory of a stage's arrays on the device that the host has chosen. */
public final class Devices {

  private static final String CUDA = "cuda:";

  private Devices() {}

  /**
   * PyTorch ready to use the context's device, and its number of CPU threads set.
   *
   * @return a manager for the life of the stage, which closes it
   * @throws PluginException with {@link ErrorCode#UNAVAILABLE} if PyTorch or the device cannot be
   *     used
   */
  public static NDManager open(PluginContext context) {
    Device device = device(context.device());
    Engine engine = engine();
    if (device.isGpu() && !engine.hasCapability(StandardCapabilities.CUDA)) {
      throw unavailable(
          "device %s was asked for, but PyTorch %s here is the build for CPUs; use device cpu, or see 'tessera doctor'"
              .formatted(context.device(), engine.getVersion()));
    }
    prepareThread(context);
    NDManager manager = NDManager.newBaseManager(device, engine.getEngineName());
    try {
      manager.zeros(new Shape(1)).close();
      return manager;
    } catch (EngineException e) {
      manager.close();
      throw new PluginException(
          ErrorCode.UNAVAILABLE,
          "device %s cannot be used: %s; use device cpu, or see 'tessera doctor'"
              .formatted(context.device(), firstLine(e)),
          e);
    }
  }

  /** The device of a name, {@code cpu} or {@code cuda:N}. */
  static Device device(String name) {
    if (name.equals("cpu")) {
      return Device.cpu();
    }
    if (!name.matches(CUDA + "\\d{1,4}")) {
      throw new PluginException(
          ErrorCode.INVALID_CONFIG, "device must be cpu or cuda:N, was '%s'".formatted(name));
    }
    return Device.gpu(Integer.parseInt(name.substring(CUDA.length())));
  }

  /**
   * Readies the calling thread for PyTorch's work: so many CPU threads, and nothing recorded but
   * what {@link Autograd} says. PyTorch keeps both for each thread that calls it, and records in
   * each new one, so {@code fit}, {@code embed} and whatever else may run in a thread of its own
   * say it again.
   */
  public static void prepareThread(PluginContext context) {
    JniUtils.setNumThreads(context.parallelism());
    JniUtils.setGradMode(false);
  }

  private static Engine engine() {
    // the host has said so before; without it, as in tests, neither statistics nor downloads
    setDefault("OPT_OUT_TRACKING");
    setDefault("ai.djl.offline");
    try {
      return new PtEngineProvider().getEngine();
    } catch (EngineException | UnsatisfiedLinkError e) {
      throw new PluginException(
          ErrorCode.UNAVAILABLE,
          "PyTorch could not be loaded: %s; see 'tessera doctor'".formatted(firstLine(e)),
          e);
    }
  }

  private static void setDefault(String property) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, "true");
    }
  }

  private static String firstLine(Throwable failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }

  private static PluginException unavailable(String message) {
    return new PluginException(ErrorCode.UNAVAILABLE, message);
  }
}
