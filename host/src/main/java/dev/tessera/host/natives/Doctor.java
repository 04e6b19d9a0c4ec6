package dev.tessera.host.natives;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Looks at everything that a run uses of this machine and says what was found. */
public final class Doctor {

  private final Optional<CudaDriver> driver;
  private final PyTorchLibrary library;

  private Doctor(Optional<CudaDriver> driver, PyTorchLibrary library) {
    this.driver = driver;
    this.library = library;
  }

  /** Looks; loads PyTorch, which takes seconds, and once fetches it where no jar has it. */
  public static List<Finding> examine() {
    Optional<CudaDriver> driver = CudaDriver.find();
    PyTorchLibrary library = PyTorchLibrary.find(driver);
    library.configureDjl();
    return new Doctor(driver, library).findings();
  }

  private List<Finding> findings() {
    return List.of(
        java(),
        vectorApi(ModuleLayer.boot().findModule(VectorBits.MODULE).isPresent()),
        memory(),
        library(library),
        new PyTorchProbe(library, driver).finding(),
        cuda(driver, library),
        OnnxRuntimeProbe.finding(driver));
  }

  private static Finding java() {
    return Finding.ok(
        "Java",
        "%s (%s), %s, threads %d"
            .formatted(
                System.getProperty("java.version"),
                System.getProperty("java.vendor"),
                PyTorchLibrary.platform(),
                Runtime.getRuntime().availableProcessors()));
  }

  static Finding vectorApi(boolean present) {
    return present
        ? Finding.ok("Vector API", VectorBits.preferred() + " bits")
        : Finding.broken(
            "Vector API",
            "the module " + VectorBits.MODULE + " is not loaded",
            "start Tessera with its launcher, or give the JVM --add-modules=" + VectorBits.MODULE);
  }

  private static Finding memory() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return Finding.ok(
        "memory",
        String.format(
            Locale.ROOT,
            "%,d MB, of which %,d MB are free; heap at most %,d MB (--memory-limit sets it)",
            system.getTotalMemorySize() >> 20,
            system.getFreeMemorySize() >> 20,
            Runtime.getRuntime().maxMemory() >> 20));
  }

  static Finding library(PyTorchLibrary library) {
    String build = library.cuda() ? "build for CUDA" : "build for CPUs";
    return switch (library.source()) {
      case FOLDER ->
          Finding.ok(
              "PyTorch library",
              "%s, from %s (%s)".formatted(build, library.place(), PyTorchLibrary.FOLDER_VARIABLE));
      case JAR -> Finding.ok("PyTorch library", build + ", from " + library.place());
      case DOWNLOAD ->
          Finding.absent(
              "PyTorch library",
              "no jar for %s on the class path; %s is fetched from %s"
                  .formatted(PyTorchLibrary.platform(), build, library.place()),
              "without a network, set %s to the lib folder of a PyTorch of this version"
                  .formatted(PyTorchLibrary.FOLDER_VARIABLE));
    };
  }

  static Finding cuda(Optional<CudaDriver> driver, PyTorchLibrary library) {
    if (driver.isEmpty()) {
      return Finding.absent(
          "CUDA",
          "no driver (%s) that shows a GPU".formatted(CudaDriver.libraryName()),
          "for an NVIDIA GPU install its driver (in a container: the NVIDIA runtime); device cpu works without");
    }
    String found =
        "driver for CUDA %s, %s"
            .formatted(driver.get().version(), String.join(", ", driver.get().gpus()));
    return library.cuda()
        ? Finding.ok("CUDA", found)
        : Finding.absent(
            "CUDA",
            found + ", which the build for CPUs cannot use",
            "TESSERA_BUILD_OPTIONS=-Pgpu ./tessera doctor builds for it; or set %s"
                .formatted(PyTorchLibrary.FOLDER_VARIABLE));
  }
}
