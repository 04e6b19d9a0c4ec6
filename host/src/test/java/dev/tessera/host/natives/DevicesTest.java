package dev.tessera.host.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.host.config.DeviceName;
import dev.tessera.host.natives.PyTorchLibrary.Source;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DevicesTest {

  private static final PyTorchLibrary FOR_CPUS =
      new PyTorchLibrary(Source.JAR, "lib/pytorch-native-cpu.jar", false);
  private static final PyTorchLibrary FOR_CUDA =
      new PyTorchLibrary(Source.FOLDER, "/opt/torch/lib", true);
  private static final Optional<CudaDriver> TWO_GPUS =
      Optional.of(new CudaDriver("12.8", List.of("A", "B")));

  private static String choose(String wanted, Optional<CudaDriver> driver, PyTorchLibrary library) {
    return Devices.choose(new DeviceName(wanted), driver, library);
  }

  @Test
  void takesTheFirstGpuOnlyIfPyTorchCanUseIt() {
    assertThat(choose("auto", TWO_GPUS, FOR_CUDA)).isEqualTo("cuda:0");
    assertThat(choose("auto", TWO_GPUS, FOR_CPUS)).isEqualTo("cpu");
    assertThat(choose("auto", Optional.empty(), FOR_CUDA)).isEqualTo("cpu");
  }

  @Test
  void takesTheDeviceThatIsNamed() {
    assertThat(choose("cpu", TWO_GPUS, FOR_CUDA)).isEqualTo("cpu");
    assertThat(choose("cuda:1", TWO_GPUS, FOR_CUDA)).isEqualTo("cuda:1");
  }

  @Test
  void saysThatThereIsNoGpu() {
    assertThatThrownBy(() -> choose("cuda:0", Optional.empty(), FOR_CUDA))
        .isInstanceOfSatisfying(
            PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
        .hasMessageContaining("device cuda:0 was asked for, found no CUDA driver")
        .hasMessageContaining("use device cpu or auto, and see 'tessera doctor'");
  }

  @Test
  void saysWhichGpusThereAre() {
    assertThatThrownBy(() -> choose("cuda:4", TWO_GPUS, FOR_CUDA))
        .hasMessageContaining("device cuda:4 was asked for, found only cuda:0 to cuda:1;");
  }

  @Test
  void saysThatPyTorchIsTheBuildForCpus() {
    assertThatThrownBy(() -> choose("cuda:0", TWO_GPUS, FOR_CPUS))
        .hasMessageContaining(
            "is the build for CPUs (lib/pytorch-native-cpu.jar); build with -Pgpu")
        .hasMessageContaining("PYTORCH_LIBRARY_PATH");
  }
}
