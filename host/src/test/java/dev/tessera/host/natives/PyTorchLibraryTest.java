package dev.tessera.host.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PyTorchLibraryTest {

  @TempDir Path folder;

  private Path description(String flavor, String platform) throws IOException {
    return Files.writeString(
        folder.resolve("pytorch.properties"),
        "version=2.7.1\nflavor=" + flavor + "\nclassifier=" + platform + "\n");
  }

  @Test
  void takesAJarOfThisSystem() throws IOException {
    Path cpu = description("cpu", PyTorchLibrary.platform());
    assertThat(PyTorchLibrary.jar(cpu.toUri().toURL()))
        .hasValueSatisfying(library -> assertThat(library.cuda()).isFalse());
    Path cuda = description("cu128", PyTorchLibrary.platform());
    assertThat(PyTorchLibrary.jar(cuda.toUri().toURL()))
        .hasValueSatisfying(library -> assertThat(library.cuda()).isTrue());
  }

  @Test
  void leavesAJarOfAnotherSystemAlone() throws IOException {
    assertThat(PyTorchLibrary.jar(description("cpu", "solaris-sparc").toUri().toURL())).isEmpty();
    assertThat(PyTorchLibrary.jar(null)).isEmpty();
  }

  @Test
  void seesWhetherAFolderHoldsABuildForCuda() throws IOException {
    assertThat(PyTorchLibrary.ofFolder(folder.toString()).cuda()).isFalse();
    Files.createFile(folder.resolve(System.mapLibraryName("torch_cuda")));
    assertThat(PyTorchLibrary.ofFolder(folder.toString()).cuda()).isTrue();
  }
}
