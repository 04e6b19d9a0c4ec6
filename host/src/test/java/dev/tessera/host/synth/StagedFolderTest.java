package dev.tessera.host.synth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings(
    "try") // resources that are closed, not used; Arrow declares close() throws Exception
class StagedFolderTest {

  private static final Set<String> OWN = Set.of("data.txt");

  @TempDir Path parent;
  private Path out;

  @BeforeEach
  void choose() {
    out = parent.resolve("out");
  }

  @Test
  void appearsOnlyByCommit() throws IOException {
    try (StagedFolder folder = StagedFolder.create(out, false, OWN)) {
      Files.writeString(folder.path().resolve("data.txt"), "new");
      assertThat(out).doesNotExist();
      folder.commit();
    }
    assertThat(out.resolve("data.txt")).hasContent("new");
    assertThat(names()).containsExactly("out");
  }

  @Test
  void leavesNothingWithoutACommit() throws IOException {
    try (StagedFolder folder = StagedFolder.create(out, false, OWN)) {
      Files.writeString(folder.path().resolve("data.txt"), "new");
    }
    assertThat(names()).isEmpty();
  }

  @Test
  void createsMissingParents() {
    Path deep = parent.resolve("a/b/out");
    try (StagedFolder folder = StagedFolder.create(deep, false, OWN)) {
      folder.commit();
    }
    assertThat(deep).isDirectory();
  }

  @Test
  void refusesAnExistingFolderAndSaysWhatToDo() throws IOException {
    Files.createDirectory(out);
    assertThatThrownBy(() -> create(false))
        .isInstanceOf(PluginException.class)
        .hasMessage(out + ": exists already; choose another folder or replace it by --force");
    assertThat(names()).containsExactly("out");
  }

  @Test
  void replacesByForceOnlyAfterSuccess() throws IOException {
    Files.createDirectory(out);
    Files.writeString(out.resolve("data.txt"), "old");
    try (StagedFolder folder = StagedFolder.create(out, true, OWN)) {
      assertThat(out.resolve("data.txt")).hasContent("old");
    }
    assertThat(out.resolve("data.txt")).hasContent("old");
    try (StagedFolder folder = StagedFolder.create(out, true, OWN)) {
      Files.writeString(folder.path().resolve("data.txt"), "new");
      folder.commit();
    }
    assertThat(out.resolve("data.txt")).hasContent("new");
    assertThat(names()).containsExactly("out");
  }

  @Test
  void doesNotReplaceWhatItDidNotWrite() throws IOException {
    Files.createDirectory(out);
    Files.writeString(out.resolve("thesis.tex"), "years of work");
    assertThatThrownBy(() -> create(true))
        .hasMessage(
            out
                + ": holds thesis.tex, which is no generated data, so --force does not replace it;"
                + " choose another folder");
    assertThat(out.resolve("thesis.tex")).exists();
  }

  @Test
  void doesNotReplaceAFile() throws IOException {
    Files.writeString(out, "a file");
    assertThatThrownBy(() -> create(true)).hasMessageContaining("is no folder");
    assertThat(out).hasContent("a file");
  }

  @Test
  void saysInOneLineWhereItCannotWrite() throws IOException {
    Path file = Files.writeString(parent.resolve("file"), "");
    assertThatThrownBy(() -> StagedFolder.create(file.resolve("out"), false, OWN))
        .isInstanceOfSatisfying(
            PluginException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.IO);
              assertThat(e.getMessage())
                  .startsWith(file.resolve("out") + ": cannot be written: ")
                  .contains("there is a file of that name")
                  .doesNotContain("\n");
            });
  }

  private void create(boolean force) {
    StagedFolder.create(out, force, OWN).close();
  }

  private Stream<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(parent)) {
      return entries.map(path -> path.getFileName().toString()).toList().stream();
    }
  }
}
