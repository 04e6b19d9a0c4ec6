package dev.tessera.neural;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import org.junit.jupiter.api.Test;

class DevicesTest {

  @Test
  void takesTheDeviceThatIsNamed() {
    assertThat(Devices.device("cpu")).isEqualTo(Device.cpu());
    assertThat(Devices.device("cuda:1")).isEqualTo(Device.gpu(1));
  }

  @Test
  void refusesADeviceItDoesNotKnow() {
    for (String wanted :
        new String[] {"auto", "gpu", "cuda", "cuda:-1", "cuda:x", "cuda:99999999999", ""}) {
      assertThatThrownBy(() -> Devices.device(wanted))
          .isInstanceOfSatisfying(
              PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIG))
          .hasMessage("device must be cpu or cuda:N, was '%s'".formatted(wanted));
    }
  }
}
