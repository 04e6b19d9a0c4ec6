package dev.tessera.host.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.PluginException;
import dev.tessera.client.EmbeddingFlightClient;
import dev.tessera.client.EmbeddingInfo;
import dev.tessera.client.ServerAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCatalogTest {

  @TempDir Path folder;

  @Test
  void servesTheStepsOfARunFromItsMappedFiles() throws IOException {
    Path run = RunFixture.write(folder.resolve("quick"), "stats", "profile");
    try (RootAllocator memory = new RootAllocator();
        RunCatalog runs = RunCatalog.open(List.of(run), memory);
        EmbeddingFlightServer server =
            EmbeddingFlightServer.start(
                runs.catalog(), ServerUnderTest.HOST, 0, ServerOptions.OPEN, memory);
        EmbeddingFlightClient client =
            new EmbeddingFlightClient(
                new ServerAddress(ServerUnderTest.HOST, server.port()), memory)) {
      EmbeddingInfo info = client.list().get(0);
      assertThat(info.name()).isEqualTo("profile");
      assertThat(info.columnNames()).containsExactly("row", "step");
      assertThat(info.metadata())
          .containsEntry("tessera.run", "quick")
          .containsEntry("tessera.plugin", "stats 1.2")
          .containsEntry("tessera.data", "f00d");

      float[] vector = new float[2];
      client.readAll(
          info,
          batch -> {
            batch.copyVector(batch.size() - 1, vector);
            assertThat(batch.clientId(batch.size() - 1)).isEqualTo(9_990);
          });
      assertThat(vector).containsExactly(999, 1);
      client.lookUp("stats", new long[] {50}, batch -> batch.copyVector(0, vector));
      assertThat(vector).containsExactly(5, 0);
    }
  }

  @Test
  void namesOfSeveralRunsBeginWithTheirFolders() throws IOException {
    Path monday = RunFixture.write(folder.resolve("monday"), "profile");
    Path tuesday = RunFixture.write(folder.resolve("tuesday"), "profile");
    try (RootAllocator memory = new RootAllocator();
        RunCatalog runs = RunCatalog.open(List.of(monday, tuesday), memory)) {
      assertThat(runs.catalog().names()).containsExactly("monday/profile", "tuesday/profile");
    }
  }

  @Test
  void refusesAFolderWithoutARunARunWithoutResultsAndTwoOfOneName() throws IOException {
    Path empty = RunFixture.write(folder.resolve("empty"));
    Path one = RunFixture.write(folder.resolve("a").resolve("run"), "profile");
    Path other = RunFixture.write(folder.resolve("b").resolve("run"), "profile");
    assertRefused(List.of(Files.createDirectory(folder.resolve("no"))), "holds no run");
    assertRefused(List.of(empty), "has a result to serve");
    Path arrow;
    try (Stream<Path> files = Files.walk(one)) {
      arrow = files.filter(file -> file.endsWith("embeddings.arrow")).findFirst().orElseThrow();
    }
    Files.delete(arrow);
    assertRefused(List.of(one), "no file " + arrow);
    assertRefused(List.of(one, other), "two run folders are named run");
  }

  private static void assertRefused(List<Path> runs, String why) {
    try (RootAllocator memory = new RootAllocator()) {
      assertThatThrownBy(() -> RunCatalog.open(runs, memory))
          .isInstanceOf(PluginException.class)
          .hasMessageContaining(why);
    }
  }
}
