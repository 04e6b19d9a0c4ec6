package dev.tessera.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code serve} refuses before it opens anything. */
class GuardedServeCommandTest {

  @TempDir Path folder;

  @Test
  void anotherHostWantsTlsOrTheWordInsecure() {
    assertWrong("would send everything unencrypted", "--host", "0.0.0.0");
  }

  @Test
  void optionsThatBelongTogetherAreAskedForTogether() throws IOException {
    Path file = Files.writeString(folder.resolve("f"), "0123456789abcdef0123456789abcdef");
    assertWrong("--tls-cert and --tls-key belong together", "--tls-cert", file);
    assertWrong("--tls-cert and --tls-key belong together", "--tls-key", file);
    assertWrong("--client-ca needs TLS", "--client-ca", file);
    assertWrong("--jwt-issuer must say", "--jwt-secret-file", file);
    assertWrong("exclude each other", "--jwks", file, "--jwt-secret-file", file);
  }

  @Test
  void filesAndNumbersAreChecked() throws IOException {
    Path tokens = Files.writeString(folder.resolve("tokens.txt"), "alice my-secret-token read:*");
    assertThat(assertWrong("tokens.txt line 1", "--tokens", tokens).err())
        .doesNotContain("my-secret-token");
    assertWrong("cannot read", "--tokens", folder.resolve("none"));
    assertWrong("--stall-seconds must be in", "--stall-seconds", 0);
    assertWrong("--max-request-mb must be in", "--max-request-mb", 5000);
  }

  @Test
  void aNumberOutOfItsRangeIsOneLine() {
    assertOneLine("--drain-seconds must be in 0..", "--drain-seconds", -1);
    assertOneLine("--endpoints must be in 1..", "--endpoints", 0);
    assertOneLine("--port must be in 0..65535, was 99999", "--port", 99_999);
    assertOneLine("--port must be in 0..65535, was -5", "--port", -5);
    assertOneLine("--metrics-port must be in 0..65535, was 99999", "--metrics-port", 99_999);
    assertOneLine("--metrics-port must be in 0..65535, was -3", "--metrics-port", -3);
  }

  private void assertOneLine(String why, Object... options) {
    assertThat(assertWrong(why, options).err()).startsWith("tessera: ").hasLineCount(1);
  }

  private CommandRun assertWrong(String why, Object... options) {
    Object[] arguments = new Object[options.length + 2];
    arguments[0] = "serve";
    arguments[1] = folder.resolve("run");
    System.arraycopy(options, 0, arguments, 2, options.length);
    CommandRun run = CommandRun.of(arguments);
    assertThat(run.code()).isEqualTo(Main.WRONG_USAGE);
    assertThat(run.err()).contains(why);
    return run;
  }
}
