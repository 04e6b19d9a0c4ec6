package dev.tessera.host.natives;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtProvider;
import dev.tessera.host.natives.Finding.State;
import dev.tessera.host.natives.PyTorchLibrary.Source;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    assertThat(findings.get("ONNX Runtime").found()).matches("1\\.\\d+\\..*, providers .*CPU.*");
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
  void saysWhatOnnxRuntimeLacksForAGpu() {
    Set<OrtProvider> cpu = EnumSet.of(OrtProvider.CPU);
    Set<OrtProvider> both = EnumSet.of(OrtProvider.CPU, OrtProvider.CUDA);
    assertThat(OnnxRuntimeProbe.finding("1.23.2", cpu, false, Optional.empty()).state())
        .isEqualTo(State.OK);
    assertThat(OnnxRuntimeProbe.finding("1.23.2", both, true, Optional.empty()).state())
        .isEqualTo(State.OK);
    Finding build = OnnxRuntimeProbe.finding("1.23.2", cpu, true, Optional.empty());
    assertThat(build.state()).isEqualTo(State.ABSENT);
    assertThat(build.advice()).hasValueSatisfying(said -> assertThat(said).contains("-Pgpu"));
    Finding library =
        OnnxRuntimeProbe.finding("1.23.2", both, true, Optional.of("libcudnn.so.9 is missing"));
    assertThat(library.found()).contains("libcudnn.so.9 is missing");
    assertThat(library.advice())
        .hasValueSatisfying(said -> assertThat(said).contains("LD_LIBRARY_PATH"));
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
