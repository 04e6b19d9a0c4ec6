package dev.tessera.host.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Written aside, then renamed; and what is left of those that were killed. */
class FoldersTest {

  private static final long ENDED = Long.MAX_VALUE / 10_000;

  @TempDir private Path parent;

  @Test
  void putsAFinishedFolderInThePlaceOfAnOldOne() throws IOException {
    Path target = filled(parent.resolve("result"), "old");
    Path finished = Folders.aside(target);
    assertThat(finished.getFileName().toString())
        .startsWith("result.aside-" + ProcessHandle.current().pid() + "-");
    Files.writeString(finished.resolve("file"), "new");
    Folders.replace(finished, target);
    assertThat(target.resolve("file")).hasContent("new");
    assertThat(names()).containsExactly("result");
  }

  @Test
  void givesTwoWritersOfOneTargetFoldersOfTheirOwn() {
    Path target = parent.resolve("result");
    assertThat(Folders.aside(target)).isNotEqualTo(Folders.aside(target));
  }

  @Test
  void removesWhatEndedProcessesLeftAndNothingElse() throws IOException {
    long own = ProcessHandle.current().pid();
    long living = ProcessHandle.current().parent().orElseThrow().pid();
    filled(parent.resolve("a.aside-" + ENDED + "-7"), "left");
    filled(parent.resolve("b.old.aside-" + ENDED + "-8"), "left");
    Path ofAnotherWithOurNumber = filled(parent.resolve("c.aside-" + own + "-9"), "left");
    Files.setLastModifiedTime(ofAnotherWithOurNumber, FileTime.fromMillis(0));
    filled(parent.resolve("d.aside-" + own + "-10"), "ours");
    filled(parent.resolve("e.aside-" + living + "-11"), "theirs");
    filled(parent.resolve("whole"), "result");
    Folders.sweep(parent);
    assertThat(names())
        .containsExactly("d.aside-" + own + "-10", "e.aside-" + living + "-11", "whole");
    Folders.sweep(parent.resolve("nowhere"));
  }

  @Test
  void sharesFilesWithTheCacheAndLeavesItsOwnWhenRemoved() throws IOException {
    Path source = filled(parent.resolve("cached"), "rows");
    filled(source.resolve("model"), "factors");
    Folders.protect(source);
    Path target = Files.createDirectory(parent.resolve("run"));
    Folders.link(source, target);
    assertThat(target.resolve("model/file")).hasContent("factors");
    assertThat(Files.isSameFile(source.resolve("file"), target.resolve("file"))).isTrue();
    Folders.delete(target);
    assertThat(target).doesNotExist();
    assertThat(source.resolve("model/file")).hasContent("factors");
  }

  @Test
  void saysWhatItCouldNotCreate() throws IOException {
    Path file = Files.writeString(parent.resolve("file"), "x");
    assertThatThrownBy(() -> Folders.create(file.resolve("below")))
        .isInstanceOfSatisfying(
            PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IO))
        .hasMessageContaining("below: cannot be created");
  }

  private static Path filled(Path folder, String content) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("file"), content);
    return folder;
  }

  private List<String> names() throws IOException {
    try (Stream<Path> children = Files.list(parent)) {
      return children.map(child -> child.getFileName().toString()).sorted().toList();
    }
  }
}
