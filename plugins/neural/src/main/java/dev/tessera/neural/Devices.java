package dev.tessera.neural;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtEngineProvider;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.cuda.CudaUtils;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginException;

/** Chooses the device of a stage and opens the memory of its arrays there. */
public final class Devices {

  private Devices() {}

  /**
   * The device that a context asks for, with PyTorch ready to use it and its number of CPU threads
   * set. Fails before it loads PyTorch (seconds) when CUDA is asked for and no driver is there.
   *
   * @return a manager for the life of the stage, which closes it
   * @throws PluginException with {@link ErrorCode#UNAVAILABLE} if the device is not there, or
   *     {@link ErrorCode#INVALID_CONFIG} if it is not written as {@code auto}, {@code cpu} or
   *     {@code cuda:N}
   */
  public static NDManager open(PluginContext context) {
    String wanted = context.device();
    int drivers = wanted.equals("cpu") ? 0 : CudaUtils.getGpuCount();
    choose(wanted, drivers);
    Engine engine = engine();
    boolean cuda = drivers > 0 && engine.hasCapability(StandardCapabilities.CUDA);
    if (drivers > 0 && !cuda && wanted.startsWith("cuda")) {
      throw unavailable(
          "device %s was asked for and this machine has it, but PyTorch %s here is the build for CPUs only; build with -Pgpu"
              .formatted(wanted, engine.getVersion()));
    }
    Device device = choose(wanted, cuda ? drivers : 0);
    prepareThread(context);
    return NDManager.newBaseManager(device, engine.getEngineName());
  }

  /**
   * The device that a name means on a machine with so many usable GPUs.
   *
   * @param wanted {@code auto}, {@code cpu} or {@code cuda:N}
   * @param gpus the number of GPUs
   */
  static Device choose(String wanted, int gpus) {
    if (wanted.equals("auto")) {
      return gpus > 0 ? Device.gpu(0) : Device.cpu();
    }
    if (wanted.equals("cpu")) {
      return Device.cpu();
    }
    if (!wanted.matches("cuda:\\d{1,4}")) {
      throw new PluginException(
          ErrorCode.INVALID_CONFIG,
          "device must be auto, cpu or cuda:N, was '%s'".formatted(wanted));
    }
    int number = Integer.parseInt(wanted.substring("cuda:".length()));
    if (number >= gpus) {
      throw unavailable(
          "device %s was asked for, found %s; use device cpu or auto, or see 'tessera doctor'"
              .formatted(
                  wanted, gpus == 0 ? "no CUDA device" : "only cuda:0 to cuda:" + (gpus - 1)));
    }
    return Device.gpu(number);
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
    // before DJL's first class is used: no usage statistics, no look-ups over the network
    setDefault("OPT_OUT_TRACKING");
    setDefault("ai.djl.offline");
    try {
      return new PtEngineProvider().getEngine();
    } catch (EngineException | UnsatisfiedLinkError e) {
      throw new PluginException(
          ErrorCode.UNAVAILABLE,
          "PyTorch could not be loaded: %s; see 'tessera doctor'".formatted(e.getMessage()),
          e);
    }
  }

  private static void setDefault(String property) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, "true");
    }
  }

  private static PluginException unavailable(String message) {
    return new PluginException(ErrorCode.UNAVAILABLE, message);
  }
}
