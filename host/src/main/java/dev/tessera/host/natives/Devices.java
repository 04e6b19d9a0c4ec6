package dev.tessera.host.natives;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.host.config.DeviceName;
import java.util.Optional;

/** Decides where a run's models compute; before any data is read, and without loading PyTorch. */
public final class Devices {

  private static final String SEE = "; use device cpu or auto, and see 'tessera doctor'";

  private Devices() {}

  /**
   * The device that a user means on this machine. Sets DJL up as well, so it is called before any
   * plugin.
   *
   * @return {@code cpu} or {@code cuda:N}
   * @throws PluginException UNAVAILABLE if a GPU is asked for that cannot be used
   */
  public static String resolve(DeviceName wanted) {
    Optional<CudaDriver> driver =
        wanted.isAuto() || wanted.gpu().isPresent() ? CudaDriver.find() : Optional.empty();
    PyTorchLibrary library = PyTorchLibrary.find(driver);
    library.configureDjl();
    return choose(wanted, driver, library);
  }

  /** As {@link #resolve}, for a machine described by its driver and library. */
  static String choose(DeviceName wanted, Optional<CudaDriver> driver, PyTorchLibrary library) {
    if (wanted.isAuto()) {
      return driver.isPresent() && library.cuda() ? "cuda:0" : "cpu";
    }
    if (wanted.gpu().isEmpty()) {
      return "cpu";
    }
    int gpus = driver.map(found -> found.gpus().size()).orElse(0);
    if (gpus == 0) {
      throw unavailable(
          "device %s was asked for, found no CUDA driver (%s) that shows a GPU"
              .formatted(wanted.text(), CudaDriver.libraryName()));
    }
    if (wanted.gpu().getAsInt() >= gpus) {
      throw unavailable(
          "device %s was asked for, found %s"
              .formatted(
                  wanted.text(), gpus == 1 ? "only cuda:0" : "only cuda:0 to cuda:" + (gpus - 1)));
    }
    if (!library.cuda()) {
      throw unavailable(
          "device %s was asked for and is there, but PyTorch here is the build for CPUs (%s); build with -Pgpu or set %s to a CUDA build's folder"
              .formatted(wanted.text(), library.place(), PyTorchLibrary.FOLDER_VARIABLE));
    }
    return wanted.text();
  }

  private static PluginException unavailable(String message) {
    return new PluginException(ErrorCode.UNAVAILABLE, message + SEE);
  }
}
