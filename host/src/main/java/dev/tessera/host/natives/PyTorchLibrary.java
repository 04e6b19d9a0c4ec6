package dev.tessera.host.natives;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;

/**
 * Where DJL takes PyTorch's native library from in this process, found by the same rules as DJL's
 * but without loading anything.
 *
 * @param source how it is found
 * @param place the folder, the jar, or where it is downloaded from
 * @param cuda whether it is a build for GPUs
 */
public record PyTorchLibrary(Source source, String place, boolean cuda) {

  static final String FOLDER_VARIABLE = "PYTORCH_LIBRARY_PATH";
  private static final String FLAVOR_VARIABLE = "PYTORCH_FLAVOR";

  /** The one CUDA build of PyTorch that DJL's binding of this version is made for. */
  private static final String CUDA_FLAVOR = "cu128";

  private static final String PROPERTIES = "native/lib/pytorch.properties";

  /** How a library is found, in the order in which DJL looks. */
  public enum Source {
    /** A folder that {@code PYTORCH_LIBRARY_PATH} names. */
    FOLDER,
    /** A jar on the class path, made for this system. */
    JAR,
    /** Fetched on first use, and kept in {@code ~/.djl.ai}. */
    DOWNLOAD
  }

  /** The library that this process would load. */
  public static PyTorchLibrary find(Optional<CudaDriver> driver) {
    return folder()
        .or(() -> jar(PyTorchLibrary.class.getClassLoader().getResource(PROPERTIES)))
        .orElseGet(
            () ->
                new PyTorchLibrary(
                    Source.DOWNLOAD, "https://publish.djl.ai/pytorch", driver.isPresent()));
  }

  private static Optional<PyTorchLibrary> folder() {
    return setting(FOLDER_VARIABLE).map(PyTorchLibrary::ofFolder);
  }

  static PyTorchLibrary ofFolder(String folder) {
    boolean cuda =
        Files.exists(Path.of(folder, System.mapLibraryName("torch_cuda")))
            || Files.exists(Path.of(folder, System.mapLibraryName("c10_cuda")));
    return new PyTorchLibrary(Source.FOLDER, folder, cuda);
  }

  /** The library of a jar, given by the URL of its description, if it is for this system. */
  static Optional<PyTorchLibrary> jar(URL properties) {
    if (properties == null) {
      return Optional.empty();
    }
    Properties said = new Properties();
    try (InputStream in = properties.openStream()) {
      said.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(properties.toString(), e);
    }
    if (!platform().equals(said.getProperty("classifier"))) {
      return Optional.empty();
    }
    String jar = properties.getPath().replaceFirst("!.*", "").replaceFirst("^file:", "");
    boolean cuda = said.getProperty("flavor", "").startsWith("cu");
    return Optional.of(new PyTorchLibrary(Source.JAR, jar, cuda));
  }

  /** This system, as DJL's jars name it. */
  static String platform() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String name = system.startsWith("win") ? "win" : system.startsWith("mac") ? "osx" : "linux";
    String processor = System.getProperty("os.arch");
    return name + "-" + (processor.equals("amd64") ? "x86_64" : processor);
  }

  /**
   * Tells DJL how to behave, which it reads when its first class is used: no usage statistics, no
   * network unless the library must be fetched, and then the build for the GPU that is there.
   */
  void configureDjl() {
    setDefault("OPT_OUT_TRACKING", "true");
    // tokens are found on the CPU: no look for, and no download of, a build for GPUs
    setDefault("RUST_FLAVOR", "cpu");
    setDefault("ai.djl.offline", String.valueOf(source != Source.DOWNLOAD));
    if (source == Source.DOWNLOAD && cuda) {
      // left alone, DJL looks for the CUDA toolkit, not the driver, and would take the CPU's build
      setDefault(FLAVOR_VARIABLE, CUDA_FLAVOR);
    }
  }

  private static void setDefault(String name, String value) {
    if (setting(name).isEmpty()) {
      System.setProperty(name, value);
    }
  }

  private static Optional<String> setting(String name) {
    String variable = System.getenv(name);
    return Optional.ofNullable(variable != null ? variable : System.getProperty(name));
  }
}
