package dev.tessera.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.host.plugin.PluginStatus.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pf4j.PluginClassLoader;

class PluginFoldersTest {

  @TempDir Path folder;

  @Test
  void listsJarsInOrderOfFolderThenName() throws Exception {
    Path first = folder.resolve("first");
    Path second = folder.resolve("second");
    PluginSources.good("b").write(first.resolve("2.jar"));
    PluginSources.good("c").write(first.resolve("1.jar"));
    PluginSources.good("a").write(second.resolve("0.jar"));
    Files.writeString(first.resolve("readme.txt"), "no jar");
    try (PluginRegistry registry =
        PluginRegistry.load(List.of(first, folder.resolve("absent"), second, first))) {
      assertThat(registry.statuses())
          .extracting(PluginStatus::id, PluginStatus::state, PluginStatus::version)
          .containsExactly(
              org.assertj.core.groups.Tuple.tuple("c", State.READY, "1.2.3"),
              org.assertj.core.groups.Tuple.tuple("b", State.READY, "1.2.3"),
              org.assertj.core.groups.Tuple.tuple("a", State.READY, "1.2.3"));
    }
  }

  @Test
  void hasNoPluginsWhereThereAreNoFolders() {
    try (PluginRegistry none = PluginRegistry.load(List.of());
        PluginRegistry absent = PluginRegistry.load(List.of(folder.resolve("absent")))) {
      assertThat(none.statuses()).isEmpty();
      assertThat(none.listed()).extracting(PluginStatus::id).containsExactly("published");
      assertThat(absent.statuses()).isEmpty();
      assertThatThrownBy(() -> absent.require("als"))
          .hasMessage("no plugin 'als': there are no plugins in [%s]", folder.resolve("absent"));
    }
  }

  @Test
  void listsThePluginsThereAreForAnUnknownName() {
    PluginSources.good("stats").write(folder.resolve("stats.jar"));
    PluginSources.good("merge").write(folder.resolve("merge.jar"));
    try (PluginRegistry registry = PluginRegistry.load(List.of(folder))) {
      assertThatThrownBy(() -> registry.require("stat"))
          .isInstanceOfSatisfying(
              PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIG))
          .hasMessage("no plugin 'stat': there are merge, stats");
    }
  }

  @Test
  void givesTheDigestOfTheJarsBytes() throws Exception {
    Path jar = PluginSources.good("good").write(folder.resolve("good.jar"));
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar));
    try (PluginRegistry registry = PluginRegistry.load(List.of(folder))) {
      assertThat(registry.require("good").sha256()).isEqualTo(HexFormat.of().formatHex(digest));
    }
  }

  @Test
  void takesFoldersRelativeToTheCurrentOne() {
    Path jar = PluginSources.good("good").write(folder.resolve("good.jar"));
    Path relative = Path.of("").toAbsolutePath().relativize(folder.toAbsolutePath());
    try (PluginRegistry registry = PluginRegistry.load(List.of(relative))) {
      assertThat(registry.require("good").jar()).isEqualTo(jar);
    }
  }

  @Test
  void closesTheLoadersOfGoodAndBrokenJars() throws Exception {
    Path good = PluginSources.good("good").write(folder.resolve("good.jar"));
    PluginSources.changed("bad", "constructor", "if (true) throw new Error();")
        .write(folder.resolve("bad.jar"));
    PluginClassLoader loader;
    try (PluginRegistry registry = PluginRegistry.load(List.of(folder))) {
      loader = (PluginClassLoader) registry.require("good").configType().getClassLoader();
      assertThat(loader.isClosed()).isFalse();
    }
    assertThat(loader.isClosed()).isTrue();
    Files.delete(good);
    Files.delete(folder.resolve("bad.jar"));
    assertThat(openFiles()).noneMatch(file -> file.startsWith(folder));
  }

  /** The files this process has open, where the system can tell. */
  private static List<Path> openFiles() throws Exception {
    Path descriptors = Path.of("/proc/self/fd");
    if (!Files.isDirectory(descriptors)) {
      return List.of();
    }
    try (var links = Files.list(descriptors)) {
      return links.map(PluginFoldersTest::target).toList();
    }
  }

  private static Path target(Path link) {
    try {
      return Files.readSymbolicLink(link);
    } catch (java.io.IOException e) {
      return link; // closed while we looked
    }
  }
}
