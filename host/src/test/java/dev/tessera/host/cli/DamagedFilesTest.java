package dev.tessera.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.host.flight.RunFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A description of a run that something has damaged is one line without a parser's inside. */
class DamagedFilesTest {

  @TempDir Path folder;
  private Path manifest;

  @BeforeEach
  void makeRun() throws IOException {
    manifest = RunFixture.write(folder.resolve("run"), "stats").resolve("manifest.json");
  }

  @Test
  void aManifestSaysWhereItGoesWrongAndWhatToDo() throws IOException {
    String whole = Files.readString(manifest);
    assertRefused("", "found an end too early at line 1, column ");
    assertRefused(whole.substring(0, whole.length() / 2), "found an end too early at line ");
    assertRefused("{\n  oops", "found no JSON at line 2, column ");
    assertRefused(whole.replaceFirst("\"stats\"", "oops"), "found no JSON at line ");
    assertRefused("[]", "found other JSON at line 1, column 1");
    assertRefused("null", "found null");
    assertRefused("{}", "found no fitting value of 'host'");
    assertRefused(
        whole.replaceFirst("\"DONE\"", "\"GONE\""), "found no fitting value of 'steps[0].status'");
  }

  @Test
  void aPublishedVersionSaysSoToo() throws IOException {
    Path store = folder.resolve("store");
    CommandRun published =
        CommandRun.of("publish", manifest.getParent(), "--as", "profiles", "--store", store);
    assertThat(published.code()).as(published.err()).isZero();
    Path file = store.resolve("profiles/1/publication.json");
    for (String damaged : new String[] {"oops", "{}", "{\"published\": \"noon\"}"}) {
      Files.delete(file);
      Files.writeString(file, damaged);
      CommandRun list = CommandRun.of("versions", "list", "--store", store);
      assertThat(list.code()).isEqualTo(Main.FAILED);
      assertThat(list.err())
          .startsWith("tessera: " + file + ": wanted a published version, found ")
          .contains("retire it and publish the run again")
          .doesNotContain("Source", "dev.tessera", "token")
          .hasLineCount(1);
    }
  }

  private void assertRefused(String damaged, String found) throws IOException {
    Files.delete(manifest);
    Files.writeString(manifest, damaged);
    CommandRun run = CommandRun.of("report", manifest.getParent());
    assertThat(run.code()).isEqualTo(Main.FAILED);
    assertThat(run.err())
        .startsWith("tessera: " + manifest + ": wanted a run's manifest, ")
        .contains(found, "run `tessera run` into this folder again")
        .doesNotContain("Source", "dev.tessera", "token", "code ")
        .hasLineCount(1);
  }
}
