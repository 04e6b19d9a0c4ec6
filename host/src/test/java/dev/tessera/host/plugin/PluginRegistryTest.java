package dev.tessera.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.EmbeddingModel;
import dev.tessera.api.EventKind;
import dev.tessera.api.PluginException;
import dev.tessera.api.testkit.BuiltLog;
import dev.tessera.api.testkit.CollectingSink;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.api.testkit.TinyEvents;
import dev.tessera.host.config.ConfigTree;
import dev.tessera.host.config.RunConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The plugin of docs/PLUGINS.md as it stands there, and broken ones beside it. */
class PluginRegistryTest {

  private static final String GOOD_REQUIRES = ">=0.1.0 & <0.2.0";
  private static final String FACTORY = "example.CountsFactory";

  @TempDir Path folder;

  private String source;
  private Path plugins;

  @BeforeEach
  void packTheGoodOne() throws IOException {
    Path text = Path.of("..", "docs", "PLUGINS.md");
    String page = Files.readString(text);
    int start = page.indexOf("```java") + "```java\n".length();
    source = page.substring(start, page.indexOf("```", start));
    plugins = folder.resolve("plugins");
    Path classes = PluginJars.compile(folder.resolve("good"), FACTORY, source);
    PluginJars.pack(
        plugins.resolve("counts.jar"),
        classes,
        PluginJars.manifest("counts", GOOD_REQUIRES),
        List.of(FACTORY));
  }

  @Test
  void runsThePluginOfTheDocumentation() throws IOException {
    assertThat(source.lines().filter(line -> !line.isBlank()).count()).isLessThan(60);
    Path file = folder.resolve("run.yaml");
    Files.writeString(file, "steps:\n  mine: {plugin: counts, scale: 0.5}\n");
    RunConfig config = RunConfig.of(ConfigTree.read(List.of(file), List.of(), Map.of()));
    try (PluginRegistry registry = PluginRegistry.load(List.of(plugins));
        TestContext context = new TestContext();
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 60)) {
      LoadedPlugin plugin = registry.require("counts");
      Record bound = config.steps().get(0).bind(plugin.configType()).record();
      try (EmbeddingModel model = (EmbeddingModel) plugin.create(bound, context)) {
        model.fit(built.log());
        CollectingSink sink = new CollectingSink();
        model.embed(built.log(), built.log().relevantClients(), sink);
        int client = built.log().indexOf(built.log().relevantClients())[0];
        var visits = built.log().events(EventKind.PAGE_VISIT);
        assertThat(sink.vectors().get(0)[1])
            .isEqualTo(0.5f * (visits.end(client) - visits.start(client)));
        assertThat(sink.vectors()).hasSize(built.log().relevantClients().size());
      }
    }
  }

  @Test
  void saysInOneLineWhatIsWrongWithAJarAndKeepsTheOthers() throws IOException {
    Path good = folder.resolve("good/classes");
    Map<String, String> broken = PluginJars.manifest("broken", GOOD_REQUIRES);
    expect("no-service.jar", "service", good, broken, List.of());
    expect("no-id.jar", "Plugin-Id", good, Map.of(), List.of(FACTORY));
    expect(
        "too-new.jar", "9.0.0", good, PluginJars.manifest("broken", ">=9.0.0"), List.of(FACTORY));
    expect("missing-class.jar", "example.Nothing", good, broken, List.of("example.Nothing"));
    expect("two.jar", "2", withOther(), broken, List.of(FACTORY, "example.Other"));
    expect(
        "thrown.jar",
        "no luck",
        throwing("throw new IllegalStateException(\"no luck\");", ""),
        broken,
        List.of("example.Bad"));
    expect(
        "static.jar",
        "example.Bad",
        throwing("", "static { if (true) throw new IllegalStateException(\"at load\"); }"),
        broken,
        List.of("example.Bad"));
    expect("other-name.jar", "counts", good, broken, List.of(FACTORY));
    expect(
        "same-id.jar",
        "counts",
        good,
        PluginJars.manifest("counts", GOOD_REQUIRES),
        List.of(FACTORY));
    expect("bundles-djl.jar", "ai/djl", bundling("ai/djl/Model.class"), broken, List.of(FACTORY));
    expect(
        "bundles-api.jar",
        "dev/tessera/api",
        bundling("dev/tessera/api/Stage.class"),
        broken,
        List.of(FACTORY));
  }

  @Test
  void takesNoHarmFromAFileThatIsNoJar() throws IOException {
    Files.writeString(plugins.resolve("text.jar"), "not a zip");
    try (PluginRegistry registry = PluginRegistry.load(List.of(plugins))) {
      assertThat(registry.require("counts").version()).isEqualTo("1.0.0");
      assertThat(registry.statuses())
          .filteredOn(status -> status.state() == PluginStatus.State.BROKEN)
          .singleElement()
          .satisfies(status -> assertThat(status.why()).isNotBlank().doesNotContain("\n"));
    }
  }

  @Test
  void listsThePluginsThereAreWhenOneIsAskedForThatIsNot() {
    try (PluginRegistry registry = PluginRegistry.load(List.of(plugins))) {
      assertThatThrownBy(() -> registry.require("gru"))
          .isInstanceOf(PluginException.class)
          .hasMessageContaining("counts");
    }
  }

  private void expect(
      String name, String why, Path classes, Map<String, String> manifest, List<String> providers)
      throws IOException {
    Path jar = plugins.resolve("z-" + name);
    PluginJars.pack(jar, classes, manifest, providers);
    try (PluginRegistry registry = PluginRegistry.load(List.of(plugins))) {
      assertThat(registry.require("counts").id()).isEqualTo("counts");
      PluginStatus status =
          registry.statuses().stream()
              .filter(s -> s.jar().endsWith("z-" + name))
              .findFirst()
              .orElseThrow();
      assertThat(status.state()).as(name).isEqualTo(PluginStatus.State.BROKEN);
      assertThat(status.why()).as(name).contains(why).doesNotContain("\n");
    }
    Files.delete(jar);
  }

  private Path withOther() throws IOException {
    String other = source.replace("CountsFactory", "Other");
    PluginJars.compile(folder.resolve("two"), FACTORY, source);
    return PluginJars.compile(folder.resolve("two"), "example.Other", other);
  }

  private Path throwing(String inConstructor, String inClass) throws IOException {
    String bad =
        source
            .replace("CountsFactory", "Bad")
            .replace(
                "  public record Config(",
                "  "
                    + inClass
                    + "\n  public Bad() {"
                    + inConstructor
                    + "}\n  public record Config(");
    return PluginJars.compile(folder.resolve("bad" + inClass.length()), "example.Bad", bad);
  }

  private Path bundling(String entry) throws IOException {
    Path classes = PluginJars.compile(folder.resolve("bundle" + entry.length()), FACTORY, source);
    Path bundled = classes.resolve(entry);
    Files.createDirectories(bundled.getParent());
    Files.write(bundled, new byte[] {(byte) 0xca, (byte) 0xfe});
    return classes;
  }
}
