package dev.tessera.host.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.host.config.ConfigTree;
import dev.tessera.host.config.RunConfig;
import dev.tessera.host.plugin.PluginRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a configuration to the steps that run, in their order, or to what is wrong with it. */
class RunPlanTest {

  private static final String STEPS =
      """
      steps:
        all: {plugin: join, inputs: [inner, c]}
        inner: {plugin: join, inputs: [a, b]}
        a: {plugin: tile}
        b: {plugin: tile}
        c: {plugin: tile}
      """;

  @TempDir static Path folder;

  private static PluginRegistry registry;

  @BeforeAll
  static void load() throws IOException {
    SamplePlugins.write(folder);
    Files.writeString(folder.resolve("bad.jar"), "not a zip");
    registry = PluginRegistry.load(List.of(folder));
  }

  @AfterAll
  static void close() {
    registry.close();
  }

  @Test
  void ordersStepsAfterWhatTheyRead() throws IOException {
    assertThat(names(STEPS, Set.of(), Set.of())).containsExactly("a", "b", "inner", "c", "all");
  }

  @Test
  void takesAStepWithAllThatItReads() throws IOException {
    assertThat(names(STEPS, Set.of("inner"), Set.of())).containsExactly("a", "b", "inner");
    assertThat(names(STEPS, Set.of("c", "a"), Set.of())).containsExactly("a", "c");
  }

  @Test
  void takesTheStepsOfSomePlugins() throws IOException {
    assertThat(names(STEPS, Set.of(), Set.of("tile"))).containsExactly("a", "b", "c");
    assertThat(names(STEPS, Set.of("inner"), Set.of("join"))).containsExactly("inner");
  }

  @Test
  void listsTheStepsAndPluginsThereAre() {
    assertRefused(STEPS, Set.of("d"), Set.of(), "'d'", "all, inner, a, b, c");
    assertRefused(STEPS, Set.of(), Set.of("als"), "'als'", "join, tile");
  }

  @Test
  void namesKeyAndLineOfAPluginThatIsNotThereOrBroken() {
    assertRefused(
        "steps:\n  x: {plugin: tail}\n",
        Set.of(),
        Set.of(),
        "no plugin 'tail'",
        "steps.x.plugin",
        "line 2");
    assertRefused(
        "steps:\n  x: {plugin: bad.jar}\n",
        Set.of(),
        Set.of(),
        "'bad.jar' is broken",
        "steps.x.plugin");
  }

  @Test
  void refusesACycleAndAnInputThatNoStepMakes() {
    assertRefused(
        "steps:\n  x: {plugin: join, inputs: [y]}\n  y: {plugin: join, inputs: [x]}\n",
        Set.of(),
        Set.of(),
        "x",
        "y");
    assertRefused(STEPS.replace("[a, b]", "[a, bee]"), Set.of(), Set.of(), "bee", "a, b, c");
  }

  private static void assertRefused(
      String yaml, Set<String> only, Set<String> plugins, String... parts) {
    assertThatThrownBy(() -> names(yaml, only, plugins))
        .isInstanceOfSatisfying(
            PluginException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIG);
              assertThat(e.getMessage()).contains(parts).doesNotContain("\n");
            });
  }

  private static List<String> names(String yaml, Set<String> only, Set<String> plugins)
      throws IOException {
    Path file = Files.writeString(folder.resolve("run.yaml"), yaml);
    RunConfig config = RunConfig.of(ConfigTree.read(List.of(file), List.of(), Map.of()));
    return RunPlan.of(config, registry, new RunPlan.Selection(only, plugins)).steps().stream()
        .map(PlannedStep::name)
        .toList();
  }
}
