package dev.tessera.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.api.testkit.PluginJarBuilder;
import dev.tessera.host.plugin.PluginStatus.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each kind of broken jar costs one clear line, and the good plugin beside it works. */
class BrokenPluginsTest {

  @TempDir Path folder;

  @Test
  void namesAConstructorThatThrows() {
    expect(
        PluginSources.changed(
            "bad", "constructor", "if (true) throw new IllegalStateException(\"no luck\");"),
        "the factory sample.SampleFactory cannot be made: IllegalStateException: no luck");
  }

  @Test
  void namesAStaticBlockThatThrows() {
    expect(
        PluginSources.changed(
            "bad", "fields", "static { if (true) throw new IllegalStateException(\"too soon\"); }"),
        "the factory sample.SampleFactory cannot be made: IllegalStateException: too soon");
  }

  @Test
  void namesAClassThatIsMissing() {
    expect(
        PluginSources.changed("bad", "constructor", "new sample.Absent();")
            .source("sample.Absent", "package sample; final class Absent {}")
            .without("sample.Absent"),
        "misses the class sample.Absent: bundle its library in the plugin's jar");
  }

  @Test
  void namesAFactoryClassThatIsMissing() {
    expect(
        PluginSources.good("bad").without(PluginSources.FACTORY),
        "its factory cannot be found: ",
        "sample.SampleFactory not found");
  }

  @Test
  void refusesAFactoryThatDoesNotImplementTheContract() {
    expect(
        new PluginJarBuilder("bad")
            .source("sample.Other", "package sample; public final class Other {}")
            .factory("sample.Other"),
        "its factory cannot be found: ",
        "not a subtype");
  }

  @Test
  void refusesItsOwnCopyOfTheApi() {
    expect(
        PluginSources.good("bad")
            .source("dev.tessera.api.ApiVersion", "package dev.tessera.api; class ApiVersion {}"),
        "bundles dev/tessera/api/, which the host provides: leave it out of the jar");
  }

  @Test
  void refusesABundledNeuralLibrary() {
    expect(
        PluginSources.good("bad").source("ai.djl.Device", "package ai.djl; public class Device {}"),
        "bundles ai/djl/, which the host provides");
  }

  @Test
  void refusesAHostPackageHiddenAmongTheClassesOfANewerJava() {
    expect(
        PluginSources.good("bad").entry("META-INF/versions/11/org/slf4j/Logger.class", "x"),
        "bundles org/slf4j/, which the host provides");
  }

  @Test
  void saysThatTheServiceFileIsMissing() {
    expect(
        new PluginJarBuilder("bad").source(PluginSources.FACTORY, PluginSources.source("bad")),
        "has no META-INF/services/dev.tessera.api.ModelPluginFactory that names its factory");
  }

  @Test
  void refusesTwoFactories() {
    String second =
        PluginSources.source("bad")
            .replace("SampleFactory", "Second")
            .replace("SampleModel", "Two");
    expect(
        PluginSources.good("bad")
            .source("sample.Second", second)
            .factory("sample.SampleFactory\nsample.Second"),
        "names 2 factories of its own in its service file, must be one: "
            + "sample.SampleFactory, sample.Second");
  }

  @Test
  void refusesAServiceFileWithoutAName() {
    expect(
        PluginSources.good("bad").factory("# none"),
        "names 0 factories of its own in its service file, must be one");
  }

  @Test
  void namesTheVersionsOfTheApiThatItNeedsAndHas() {
    expect(
        PluginSources.good("bad").manifest("Plugin-Requires", ">=9.0.0"),
        "needs plugin API >=9.0.0, this is 0.1.0");
  }

  @Test
  void refusesARequirementThatCannotBeRead() {
    expect(
        PluginSources.good("bad").manifest("Plugin-Requires", "about nine"), "cannot be loaded: ");
  }

  @Test
  void refusesAManifestWithoutARequirement() {
    expect(
        PluginSources.good("bad").manifest("Plugin-Requires", ""),
        "has no Plugin-Requires in its manifest");
  }

  @Test
  void refusesDependenciesOnOtherPlugins() {
    expect(
        PluginSources.good("bad").manifest("Plugin-Dependencies", "good"),
        "has Plugin-Dependencies in its manifest: plugins use nothing of each other");
  }

  @Test
  void refusesAnotherNameInItsInfoThanInItsManifest() {
    expect(
        PluginSources.good("other").manifest("Plugin-Id", "bad"),
        "calls itself 'other' in info() but 'bad' in its manifest");
  }

  @Test
  void namesAnInfoThatThrows() {
    expect(
        PluginSources.changed("bad", "info", "if (true) throw new StackOverflowError(\"deep\");"),
        "info() fails: StackOverflowError: deep");
  }

  @Test
  void namesAConfigurationKeyWithoutItsMeaning() {
    String source = PluginSources.source("bad").replaceAll("@ConfigKey\\([^)]*\\)", "");
    expect(
        new PluginJarBuilder("bad")
            .source(PluginSources.FACTORY, source)
            .factory(PluginSources.FACTORY),
        "its configuration cannot be used: IllegalArgumentException: Config.width has no @ConfigKey");
  }

  @Test
  void namesADefaultThatDoesNotFitItsOwnRange() {
    String source = PluginSources.source("bad").replace("\"2\"", "\"9\"");
    expect(
        new PluginJarBuilder("bad")
            .source(PluginSources.FACTORY, source)
            .factory(PluginSources.FACTORY),
        "a default does not fit",
        "width must be in 1..8, was 9");
  }

  @Test
  void listsAJarWithoutAnIdByItsFileName() throws IOException {
    PluginSources.good("bad").manifest("Plugin-Id", "").write(folder.resolve("nameless.jar"));
    assertThat(brokenBesideAGoodOne())
        .satisfies(
            status -> {
              assertThat(status.id()).isEqualTo("nameless.jar");
              assertThat(status.why()).isEqualTo("has no Plugin-Id in its manifest");
            });
  }

  @Test
  void listsAFileThatIsNoZip() throws IOException {
    Files.writeString(folder.resolve("text.jar"), "this is not a zip");
    assertThat(brokenBesideAGoodOne().why()).startsWith("is not a readable jar: ");
  }

  @Test
  void listsAnEmptyFile() throws IOException {
    Files.createFile(folder.resolve("empty.jar"));
    assertThat(brokenBesideAGoodOne().why()).startsWith("is not a readable jar: ");
  }

  @Test
  void keepsTheFirstOfTwoJarsOfOneId() {
    Path first = PluginSources.good("twin").write(folder.resolve("a.jar"));
    PluginSources.good("twin").write(folder.resolve("b.jar"));
    assertThat(brokenBesideAGoodOne().why())
        .isEqualTo("has the id 'twin' of %s: remove one of the two", first);
    try (PluginRegistry registry = PluginRegistry.load(List.of(folder))) {
      assertThat(registry.require("twin").jar()).isEqualTo(first);
    }
  }

  @Test
  void loadsASecondJarOfAnIdWhoseFirstIsBroken() {
    PluginSources.changed("twin", "constructor", "if (true) throw new Error();")
        .write(folder.resolve("a.jar"));
    Path second = PluginSources.good("twin").write(folder.resolve("b.jar"));
    try (PluginRegistry registry = PluginRegistry.load(List.of(folder))) {
      assertThat(registry.require("twin").jar()).isEqualTo(second);
    }
  }

  private void expect(PluginJarBuilder bad, String... why) {
    bad.write(folder.resolve("bad.jar"));
    PluginStatus status = brokenBesideAGoodOne();
    assertThat(status.id()).isEqualTo("bad");
    assertThat(status.version()).isEqualTo("1.2.3");
    assertThat(status.why()).contains(why);
    try (PluginRegistry registry = PluginRegistry.load(List.of(folder))) {
      assertThatThrownBy(() -> registry.require("bad"))
          .isInstanceOfSatisfying(
              PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIG))
          .hasMessageContaining(status.why());
    }
  }

  private PluginStatus brokenBesideAGoodOne() {
    PluginSources.good("good").write(folder.resolve("good.jar"));
    try (PluginRegistry registry = PluginRegistry.load(List.of(folder))) {
      assertThat(registry.require("good").info().summary()).isEqualTo("counts visits");
      List<PluginStatus> broken =
          registry.statuses().stream().filter(status -> status.state() == State.BROKEN).toList();
      assertThat(broken).hasSize(1);
      assertThat(broken.get(0).why()).isNotBlank().doesNotContain("\n");
      return broken.get(0);
    }
  }
}
