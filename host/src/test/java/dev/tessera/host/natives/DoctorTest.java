package dev.tessera.host.natives;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.host.natives.Finding.State;
import dev.tessera.host.natives.PyTorchLibrary.Source;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DoctorTest {

  private static final PyTorchLibrary FOR_CPUS =
      new PyTorchLibrary(Source.JAR, "lib/pytorch-native-cpu.jar", false);

  @Test
  void findsPyTorchWorkingOnThisMachine() {
    Map<String, Finding> findings =
        Doctor.examine().stream().collect(Collectors.toMap(Finding::subject, Function.identity()));
    assertThat(findings)
        .containsOnlyKeys(
            "Java", "Vector API", "memory", "PyTorch library", "PyTorch", "CUDA", "ONNX Runtime");
    assertThat(findings.get("PyTorch").state()).isEqualTo(State.OK);
    assertThat(findings.get("PyTorch").found()).matches("2\\..* works on .* GFLOP/s");
  }

  @Test
  void saysHowToBuildForAGpuThatTheBuildCannotUse() {
    Finding cuda = Doctor.cuda(Optional.of(new CudaDriver("12.8", List.of("A", "B"))), FOR_CPUS);
    assertThat(cuda.state()).isEqualTo(State.ABSENT);
    assertThat(cuda.found()).contains("driver for CUDA 12.8, A, B");
    assertThat(cuda.advice()).hasValueSatisfying(advice -> assertThat(advice).contains("-Pgpu"));
  }

  @Test
  void saysWhatToDoWithoutADriverOrALibrary() {
    assertThat(Doctor.cuda(Optional.empty(), FOR_CPUS).advice()).isPresent();
    Finding library = Doctor.library(new PyTorchLibrary(Source.DOWNLOAD, "there", false));
    assertThat(library.found()).contains("is fetched from there");
    assertThat(library.advice())
        .hasValueSatisfying(advice -> assertThat(advice).contains("PYTORCH_LIBRARY_PATH"));
  }

  @Test
  void saysHowToLoadTheVectorModule() {
    Finding vectors = Doctor.vectorApi(false);
    assertThat(vectors.state()).isEqualTo(State.BROKEN);
    assertThat(vectors.advice())
        .hasValue(
            "start Tessera with its launcher, or give the JVM --add-modules=jdk.incubator.vector");
  }
}
