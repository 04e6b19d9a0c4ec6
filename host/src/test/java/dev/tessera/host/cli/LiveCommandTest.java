package dev.tessera.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.host.flight.RunFixture;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What `serve --live` and `bench live` refuse before they open a port. */
class LiveCommandTest {

  @TempDir Path folder;

  @Test
  void namesAProductFileThatIsMissing() throws IOException {
    Path run = RunFixture.write(folder.resolve("quick"), "stats");
    CommandRun serve =
        CommandRun.of("serve", run, "--live", "--products", folder.resolve("none.parquet"));
    assertThat(serve.code()).isEqualTo(2);
    assertThat(serve.err())
        .contains("none.parquet: wanted a file of product properties, found no such file")
        .hasLineCount(1);
  }

  @Test
  void namesAPluginThatIsMissing() throws IOException {
    Path run = RunFixture.write(folder.resolve("quick"), "stats");
    for (String command : new String[] {"serve", "bench"}) {
      CommandRun live =
          command.equals("serve")
              ? CommandRun.of("serve", run, "--live", "--live-device", "cpu")
              : CommandRun.of("bench", "live", run, "--live-device", "cpu");
      assertThat(live.code()).isEqualTo(2);
      assertThat(live.err()).contains("no plugin 'stats'").hasLineCount(1);
    }
  }
}
