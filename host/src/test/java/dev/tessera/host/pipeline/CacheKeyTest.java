package dev.tessera.host.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.host.config.ConfigTree;
import dev.tessera.host.config.RunConfig;
import dev.tessera.host.plugin.PluginRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What makes a result another one, and what does not. */
class CacheKeyTest {

  private static final long SEED = 42;
  private static final String DATA = "f00d SUBMIT";

  @TempDir private Path folder;

  @Test
  void changesWithConfigurationSeedAndData() throws IOException {
    try (PluginRegistry registry = registry("plugins", "1.2.3", "")) {
      PlannedStep step = step("a: {plugin: tile, width: 3}", registry);
      CacheKey key = key(step, SEED, DATA);
      assertThat(key.hex()).matches("[0-9a-f]{32}");
      assertThat(key(step, SEED, DATA)).isEqualTo(key);
      assertThat(key(step("a: {plugin: tile, width: 4}", registry), SEED, DATA)).isNotEqualTo(key);
      assertThat(key(step, SEED + 1, DATA)).isNotEqualTo(key);
      assertThat(key(step, SEED, "f00d LOCAL")).isNotEqualTo(key);
      assertThat(key(step, SEED, "f00e SUBMIT")).isNotEqualTo(key);
    }
  }

  @Test
  void doesNotChangeWithTheStepsNameNorWithADefaultThatIsWrittenOut() throws IOException {
    try (PluginRegistry registry = registry("plugins", "1.2.3", "")) {
      CacheKey key = key(step("a: {plugin: tile}", registry), SEED, DATA);
      assertThat(key(step("other: {plugin: tile}", registry), SEED, DATA)).isEqualTo(key);
      assertThat(key(step("a: {width: 2, plugin: tile}", registry), SEED, DATA)).isEqualTo(key);
    }
  }

  @Test
  void changesWithThePluginsVersionAndWithTheBytesOfItsJar() throws IOException {
    CacheKey key;
    try (PluginRegistry registry = registry("plugins", "1.2.3", "")) {
      key = key(step("a: {plugin: tile}", registry), SEED, DATA);
    }
    try (PluginRegistry registry = registry("newer", "1.2.4", "")) {
      assertThat(key(step("a: {plugin: tile}", registry), SEED, DATA)).isNotEqualTo(key);
    }
    try (PluginRegistry registry = registry("rebuilt", "1.2.3", "another file in the jar")) {
      assertThat(key(step("a: {plugin: tile}", registry), SEED, DATA)).isNotEqualTo(key);
    }
  }

  @Test
  void changesWithItsInputsTheirOrderAndWhetherTheyAreThere() throws IOException {
    try (PluginRegistry registry = registry("plugins", "1.2.3", "")) {
      CacheKey one = new CacheKey("1");
      CacheKey two = new CacheKey("2");
      PlannedStep step = step("m: {plugin: join, inputs: [a, b]}", registry);
      PlannedStep turned = step("m: {plugin: join, inputs: [b, a]}", registry);
      CacheKey key = CacheKey.of(step, SEED, DATA, Map.of("a", one, "b", two));
      assertThat(CacheKey.of(step, SEED, DATA, Map.of("b", two, "a", one))).isEqualTo(key);
      assertThat(CacheKey.of(step, SEED, DATA, Map.of("a", two, "b", one))).isNotEqualTo(key);
      assertThat(CacheKey.of(step, SEED, DATA, Map.of("a", one, "b", one))).isNotEqualTo(key);
      assertThat(CacheKey.of(step, SEED, DATA, Map.of("a", one))).isNotEqualTo(key);
      assertThat(CacheKey.of(turned, SEED, DATA, Map.of("a", one, "b", two))).isNotEqualTo(key);
    }
  }

  private static CacheKey key(PlannedStep step, long seed, String data) {
    return CacheKey.of(step, seed, data, Map.of());
  }

  private PluginRegistry registry(String name, String version, String extra) {
    Path jars = SamplePlugins.write(folder.resolve(name));
    SamplePlugins.tile()
        .manifest("Plugin-Version", version)
        .entry("notes.txt", extra)
        .write(jars.resolve("tile.jar"));
    return PluginRegistry.load(List.of(jars));
  }

  /** A step as a configuration has it; those that it reads exist. */
  private PlannedStep step(String line, PluginRegistry registry) throws IOException {
    String others = line.startsWith("m:") ? "  a: {plugin: tile}\n  b: {plugin: tile}\n" : "";
    Path file = folder.resolve("run.yaml");
    Files.writeString(file, "steps:\n" + others + "  " + line + "\n");
    RunConfig config = RunConfig.of(ConfigTree.read(List.of(file), List.of(), Map.of()));
    List<PlannedStep> steps = RunPlan.of(config, registry, RunPlan.Selection.ALL).steps();
    return steps.get(steps.size() - 1);
  }
}
