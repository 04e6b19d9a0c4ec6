package dev.tessera.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.PluginException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerAddressTest {

  @Test
  void thePortMayBeLeftOutAndTlsIsInTheScheme() {
    assertThat(ServerAddress.parse("grpc://h")).isEqualTo(new ServerAddress("h", 8815, false));
    assertThat(ServerAddress.parse("grpc+tls://h:1")).isEqualTo(new ServerAddress("h", 1, true));
    assertThat(ServerAddress.parse("grpc+tcp://h:1")).hasToString("grpc://h:1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"h:1", "http://h:1", "grpc://", "grpc://h:1/x", "grpc://h:1?x", "gr pc"})
  void whatIsNoAddressIsRefusedWithAnExample(String text) {
    assertThatThrownBy(() -> ServerAddress.parse(text))
        .isInstanceOf(PluginException.class)
        .hasMessageContaining("grpc://127.0.0.1:8815")
        .hasMessageContaining(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"grpc://h:0", "grpc://h:65536", "grpc+tls://h:99999"})
  void aPortThatTcpDoesNotHaveIsRefusedAtOnce(String text) {
    assertThatThrownBy(() -> ServerAddress.parse(text))
        .isInstanceOf(PluginException.class)
        .hasMessage("wanted a port in 1..65535, found '%s'".formatted(text));
  }
}
