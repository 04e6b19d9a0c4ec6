package dev.tessera.host.natives;

import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.ptr.IntByReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * NVIDIA's driver, asked itself: it is there wherever a GPU can be used, while the CUDA toolkit's
 * libraries, which DJL asks, often are not. Takes {@code CUDA_VISIBLE_DEVICES} into account.
 *
 * @param version the newest CUDA that it can run, such as 12.8
 * @param gpus their names, in the order of their numbers; not empty
 */
public record CudaDriver(String version, List<String> gpus) {

  private static final int SUCCESS = 0;
  private static final int NAME_BYTES = 256;

  /** Copies the list. */
  public CudaDriver {
    gpus = List.copyOf(gpus);
  }

  /** The name of the driver's library on this system. */
  static String libraryName() {
    return Platform.isWindows() ? "nvcuda" : "libcuda.so.1";
  }

  /** The driver, if it is installed and shows a GPU. */
  public static Optional<CudaDriver> find() {
    try {
      NativeLibrary library = NativeLibrary.getInstance(libraryName());
      IntByReference number = new IntByReference();
      if (call(library, "cuInit", 0) != SUCCESS
          || call(library, "cuDeviceGetCount", number) != SUCCESS
          || number.getValue() == 0) {
        return Optional.empty();
      }
      List<String> names = new ArrayList<>();
      for (int gpu = 0; gpu < number.getValue(); gpu++) {
        names.add(name(library, gpu));
      }
      return Optional.of(new CudaDriver(version(library), names));
    } catch (UnsatisfiedLinkError e) {
      // no driver, or one too old to have these functions
      return Optional.empty();
    }
  }

  private static String name(NativeLibrary library, int gpu) {
    byte[] name = new byte[NAME_BYTES];
    return call(library, "cuDeviceGetName", name, name.length, gpu) == SUCCESS
        ? Native.toString(name)
        : "GPU " + gpu;
  }

  private static String version(NativeLibrary library) {
    IntByReference version = new IntByReference();
    call(library, "cuDriverGetVersion", version);
    // 12080 is 12.8
    return version.getValue() / 1000 + "." + version.getValue() % 1000 / 10;
  }

  private static int call(NativeLibrary library, String function, Object... arguments) {
    Function found = library.getFunction(function);
    return found.invokeInt(arguments);
  }
}
