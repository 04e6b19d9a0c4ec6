package dev.tessera.neural;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import org.junit.jupiter.api.Test;

class DevicesTest {

  @Test
  void takesTheFirstGpuIfThereIsOne() {
    assertThat(Devices.choose("auto", 2)).isEqualTo(Device.gpu(0));
    assertThat(Devices.choose("auto", 0)).isEqualTo(Device.cpu());
  }

  @Test
  void takesTheCpuAlsoBesideAGpu() {
    assertThat(Devices.choose("cpu", 2)).isEqualTo(Device.cpu());
  }

  @Test
  void takesTheGpuThatIsNamed() {
    assertThat(Devices.choose("cuda:1", 2)).isEqualTo(Device.gpu(1));
  }

  @Test
  void saysThatThereIsNoGpu() {
    assertThatThrownBy(() -> Devices.choose("cuda:0", 0))
        .isInstanceOfSatisfying(
            PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
        .hasMessageContaining("device cuda:0 was asked for, found no CUDA device; use device cpu");
  }

  @Test
  void saysWhichGpusThereAre() {
    assertThatThrownBy(() -> Devices.choose("cuda:4", 2))
        .hasMessageContaining("found only cuda:0 to cuda:1");
  }

  @Test
  void refusesADeviceItDoesNotKnow() {
    for (String wanted :
        new String[] {"gpu", "cuda", "cuda:-1", "cuda:x", "cuda:99999999999", ""}) {
      assertThatThrownBy(() -> Devices.choose(wanted, 2))
          .isInstanceOfSatisfying(
              PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIG))
          .hasMessage("device must be auto, cpu or cuda:N, was '%s'".formatted(wanted));
    }
  }
}
