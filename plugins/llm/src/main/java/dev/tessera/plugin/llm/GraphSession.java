package dev.tessera.plugin.llm;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.util.Optional;

/**
 * A graph ready to run, on the CPU or a GPU.
 *
 * <p>On the CPU a run takes one thread, and as many runs go side by side as the step has threads:
 * one batch split among threads leaves them waiting for each other at every operator. All share the
 * one session and its weights.
 *
 * @param session of ONNX Runtime
 * @param onGpu whether it runs on a GPU
 * @param remark why it does not, though the run's device is one
 */
record GraphSession(OrtSession session, boolean onGpu, Optional<String> remark)
    implements AutoCloseable {

  private static final String CUDA = "cuda:";

  /** ONNX Runtime, silent: what goes wrong comes as an exception. */
  static OrtEnvironment environment() {
    try {
      return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "tessera");
    } catch (LinkageError e) {
      throw new PluginException(
          ErrorCode.UNAVAILABLE,
          "ONNX Runtime could not be loaded: %s; see 'tessera doctor'"
              .formatted(GraphFaults.firstLine(e)),
          e);
    }
  }

  /**
   * Opens a graph.
   *
   * @param choice of the step
   * @param device the run's, {@code cpu} or {@code cuda:N}
   * @throws PluginException with {@link ErrorCode#UNAVAILABLE} if a GPU is insisted on and cannot
   *     be used, with {@link ErrorCode#INVALID_CONFIG} if the graph cannot
   */
  static GraphSession open(ModelSource source, DeviceChoice choice, String device) {
    OrtEnvironment environment = environment();
    if (choice == DeviceChoice.GPU && !device.startsWith(CUDA)) {
      throw unavailable("the run's device is " + device);
    }
    String reason = null;
    if (choice != DeviceChoice.CPU && device.startsWith(CUDA)) {
      if (OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
        try (SessionOptions options = options()) {
          options.addCUDA(Integer.parseInt(device.substring(CUDA.length())));
          return new GraphSession(create(environment, source, options), true, Optional.empty());
        } catch (OrtException e) {
          reason = GraphFaults.firstLine(e);
        }
      } else {
        reason = "ONNX Runtime here is the build for CPUs (build with -Pgpu)";
      }
      if (choice == DeviceChoice.GPU) {
        throw unavailable(reason);
      }
    }
    Optional<String> remark =
        Optional.ofNullable(reason)
            .map(why -> "computes on the CPU, not on %s: %s".formatted(device, why));
    return new GraphSession(onCpu(environment, source), false, remark);
  }

  private static PluginException unavailable(String reason) {
    return new PluginException(
        ErrorCode.UNAVAILABLE,
        "device gpu was asked for, but %s; use device auto or cpu, and see 'tessera doctor'"
            .formatted(reason));
  }

  /** A session on the CPU; the caller closes it. */
  static OrtSession onCpu(OrtEnvironment environment, ModelSource source) {
    try (SessionOptions options = options()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      return create(environment, source, options);
    } catch (OrtException e) {
      throw GraphFaults.unreadable(source.name(), e);
    }
  }

  private static SessionOptions options() throws OrtException {
    SessionOptions options = new SessionOptions();
    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    // patterns of memory are kept for each shape, and shapes differ from batch to batch
    options.setMemoryPatternOptimization(false);
    return options;
  }

  private static OrtSession create(
      OrtEnvironment environment, ModelSource source, SessionOptions options) throws OrtException {
    return source.graphFile() == null
        ? environment.createSession(source.graphBytes(), options)
        : environment.createSession(source.graphFile().toString(), options);
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }
}
