package dev.tessera.dist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.api.Npy;
import dev.tessera.api.testkit.GuidePlugin;
import dev.tessera.api.testkit.PluginJarBuilder;
import dev.tessera.dist.Installation.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jars of others, good and broken, dropped into {@code plugins/} of an unpacked zip. */
class StrangersPluginIT {

  /** Of stats. */
  private static final int STATS_COLUMNS = 37;

  /** Of the guide's plugin. */
  private static final int OWN_COLUMNS = 2;

  @TempDir static Path work;

  private static Installation tessera;

  @BeforeAll
  static void unpackAndDropJars() throws Exception {
    tessera = Installation.unpacked(work);
    Path plugins = tessera.plugins();
    GuidePlugin.jar().write(plugins.resolve("counts.jar"));
    Files.writeString(plugins.resolve("text.jar"), "not a zip");
    new PluginJarBuilder("hollow").write(plugins.resolve("hollow.jar"));
    GuidePlugin.jar()
        .manifest("Plugin-Id", "greedy")
        .entry("ai/djl/Model.class", "a copy of the host's")
        .write(plugins.resolve("greedy.jar"));
    Ended made = tessera.run("data", "synth", "shop", "--clients", "200", "--days", "40");
    assertThat(made.code()).as(made.out()).isZero();
  }

  @Test
  void aStrangersModelTakesPartInARunAndInItsMerge() throws Exception {
    write(
        "own.yaml",
        """
        steps:
          own: {plugin: counts, scale: 0.5}
          stats: {plugin: stats}
          profile:
            plugin: merge
            inputs:
              - {step: stats, scaler: quantile-uniform}
              - {step: own, scaler: none}
        """);
    Ended run = tessera.run("run", "own.yaml", "--data", "shop", "--out", "own");
    assertThat(run.code()).as(run.out()).isZero();
    assertThat(run.out()).contains("done     own: ");
    float[] own = vectors("own");
    assertThat(own).hasSizeGreaterThan(200);
    float sum = 0;
    for (float value : own) {
      assertThat(value * 2).as("half a count").isEqualTo(Math.round(value * 2));
      sum += value;
    }
    assertThat(sum).isPositive();
    float[] profile = vectors("profile");
    int width = STATS_COLUMNS + OWN_COLUMNS;
    assertThat(profile).hasSize(own.length / OWN_COLUMNS * width);
    for (int client = 0; client < own.length / OWN_COLUMNS; client++) {
      for (int column = 0; column < OWN_COLUMNS; column++) {
        float visits = own[client * OWN_COLUMNS + column];
        if (own[client * OWN_COLUMNS] != 0 || own[client * OWN_COLUMNS + 1] != 0) {
          assertThat(profile[client * width + STATS_COLUMNS + column]).isEqualTo(visits);
        } // a row of zeros counts as missing, and gets the mean
      }
    }
  }

  @Test
  void aBrokenJarCostsOneLineOfTheList() throws Exception {
    Ended list = tessera.run("plugins", "list");
    assertThat(list.code()).isZero();
    List<String> lines = list.out().lines().toList();
    assertThat(lines)
        .filteredOn(line -> line.startsWith("counts "))
        .singleElement()
        .asString()
        .contains("1.2.3", "ready");
    assertOneLine(lines, "text.jar", "is not a readable jar");
    assertOneLine(lines, "hollow", "META-INF/services/dev.tessera.api.ModelPluginFactory");
    assertOneLine(lines, "greedy", "ai/djl");
    assertThat(lines).filteredOn(line -> line.startsWith("als ")).hasSize(1);
  }

  @Test
  void aBrokenJarThatAStepNamesStopsTheRunBeforeAnyWork() throws Exception {
    write("broken.yaml", "steps:\n  good: {plugin: stats}\n  bad: {plugin: greedy}\n");
    Ended run =
        tessera.run(
            "run", "broken.yaml", "--data", "shop", "--out", "broken", "--workspace", "unused");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.lines())
        .singleElement()
        .asString()
        .contains("plugin 'greedy' is broken", "ai/djl", "steps.bad.plugin", "broken.yaml line 3");
    assertThat(work.resolve("broken")).doesNotExist();
    assertThat(work.resolve("unused")).doesNotExist();
  }

  private static void assertOneLine(List<String> lines, String id, String why) {
    assertThat(lines)
        .filteredOn(line -> line.startsWith(id))
        .singleElement()
        .asString()
        .contains("broken", why);
  }

  private static void write(String file, String text) throws IOException {
    Files.writeString(work.resolve(file), text);
  }

  private static float[] vectors(String step) {
    return Npy.readFloats(work.resolve("own/embeddings_submit/" + step + "/embeddings.npy"));
  }
}
