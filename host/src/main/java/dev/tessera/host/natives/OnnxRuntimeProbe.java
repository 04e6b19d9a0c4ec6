package dev.tessera.host.natives;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Loads ONNX Runtime, which text models use, and says where it can compute. */
final class OnnxRuntimeProbe {

  private static final String SUBJECT = "ONNX Runtime";

  private OnnxRuntimeProbe() {}

  static Finding finding(Optional<CudaDriver> driver) {
    try {
      OrtEnvironment environment =
          OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "tessera");
      Set<OrtProvider> providers = OrtEnvironment.getAvailableProviders();
      Optional<String> fault =
          driver.isPresent() && providers.contains(OrtProvider.CUDA)
              ? cudaFault()
              : Optional.empty();
      return finding(environment.getVersion(), providers, driver.isPresent(), fault);
    } catch (LinkageError e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return Finding.broken(
          SUBJECT,
          "does not work: " + firstLine(cause),
          "look whether the system's temporary folder can be written and run from");
    }
  }

  /** Why the first GPU cannot be used: most often a library of CUDA or cuDNN that is not there. */
  private static Optional<String> cudaFault() {
    try (SessionOptions options = new SessionOptions()) {
      options.addCUDA(0);
      return Optional.empty();
    } catch (OrtException e) {
      return Optional.of(firstLine(e));
    }
  }

  private static String firstLine(Throwable failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }

  /**
   * What to say.
   *
   * @param gpu whether there is a driver that shows one
   * @param fault why the provider for CUDA does not work
   */
  static Finding finding(
      String version, Set<OrtProvider> providers, boolean gpu, Optional<String> fault) {
    String found =
        "%s, providers %s"
            .formatted(
                version,
                providers.stream()
                    .map(OrtProvider::getName)
                    .sorted()
                    .collect(Collectors.joining(", ")));
    if (fault.isPresent()) {
      return Finding.absent(
          SUBJECT,
          "%s; on the GPU it does not work: %s".formatted(found, fault.get()),
          "let LD_LIBRARY_PATH name the folders of CUDA 12 and cuDNN 9; text models compute on the CPU meanwhile");
    }
    return gpu && !providers.contains(OrtProvider.CUDA)
        ? Finding.absent(
            SUBJECT,
            found + ", none of which can use the GPU",
            "TESSERA_BUILD_OPTIONS=-Pgpu ./tessera doctor builds for it; text models compute on the CPU meanwhile")
        : Finding.ok(SUBJECT, found);
  }
}
