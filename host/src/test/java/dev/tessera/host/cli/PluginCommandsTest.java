package dev.tessera.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tessera.api.testkit.PluginJarBuilder;
import dev.tessera.host.config.RecordType;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code plugins} and {@code config}, on a folder with a good and a broken jar. */
class PluginCommandsTest {

  private static final String SOURCE =
      """
      package toy;

      import dev.tessera.api.*;
      import java.nio.file.Path;
      import java.util.*;

      public final class Toy implements ModelPluginFactory<Toy.Config> {
        record Config(
            @ConfigKey(value = "number of columns", min = 1, max = 64) int width,
            @ConfigKey(value = "how long to look back", defaultValue = "30", unit = "days") int window,
            @ConfigKey(value = "name of the result", defaultValue = "") String label,
            @ConfigKey(value = "weight of each kind", defaultValue = "{page_visit: 1}")
                Map<EventKind, Double> weights,
            @ConfigKey(value = "how to train", defaultValue = "{}") Training training,
            @ConfigKey(value = "steps that are read", defaultValue = "[]") List<String> after) {}

        record Training(
            @ConfigKey(value = "passes over the data", defaultValue = "3", min = 1) int epochs) {}

        @Override public PluginInfo info() {
          return new PluginInfo("toy", "counts nothing", Set.of(EventKind.PAGE_VISIT, EventKind.PRODUCT_BUY),
              PluginInfo.NewClients.ZERO);
        }
        @Override public Class<Config> configType() { return Config.class; }
        @Override public List<String> inputs(Config config) { return config.after(); }
        @Override public Stage create(Config config, PluginContext context) {
          throw new IllegalStateException("not in this test");
        }
        @Override public Stage open(Config config, Path folder, PluginContext context) {
          throw new IllegalStateException("not in this test");
        }
      }
      """;

  @TempDir static Path folder;

  private static Path config;

  @BeforeAll
  static void writeJarsAndConfiguration() throws Exception {
    new PluginJarBuilder("toy")
        .source("toy.Toy", SOURCE)
        .factory("toy.Toy")
        .write(folder.resolve("jars/toy.jar"));
    new PluginJarBuilder("hollow").write(folder.resolve("jars/hollow.jar"));
    config = folder.resolve("run.yaml");
    Files.writeString(
        config,
        """
        seed: 7
        steps:
          first:
            plugin: toy
            width: 4
            training: {epochs: 9}
          second: {plugin: toy, width: 2, after: [first]}
        """);
  }

  @Test
  void listsPluginsWithTheirStateAndWhyOneIsBroken() {
    CommandRun run = CommandRun.of("plugins", "list", "--plugins-dir", folder.resolve("jars"));
    assertThat(run.code()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out().lines())
        .anyMatch(
            line -> line.matches("toy +1\\.2\\.3 +ready +product_buy, page_visit +counts nothing"))
        .anyMatch(
            line ->
                line.matches(
                    "hollow +1\\.2\\.3 +broken +hollow.jar: has no META-INF/services/.* factory"));
  }

  @Test
  void explainsEveryKeyOfAPlugin() {
    CommandRun run =
        CommandRun.of("plugins", "info", "toy", "--plugins-dir", folder.resolve("jars"));
    assertThat(run.code()).isZero();
    assertThat(run.out().lines())
        .anyMatch(line -> line.matches("width +whole number +required +1..64 +number of columns"))
        .anyMatch(
            line -> line.matches("window +whole number \\(days\\) +30 +how long to look back"))
        .anyMatch(line -> line.matches("training +keys +\\{} +how to train"))
        .anyMatch(line -> line.matches(" {2}epochs +whole number +3 +at least 1 +passes .*"));
  }

  @Test
  void endsWithAnExampleThatIsAStepOfARun() throws Exception {
    String out =
        CommandRun.of("plugins", "info", "toy", "--plugins-dir", folder.resolve("jars")).out();
    String example = out.substring(out.indexOf("my-step:")).replaceAll("# (width): .*", "$1: 1");
    Path run = folder.resolve("example.yaml");
    Files.writeString(run, "steps:\n" + example.indent(2));
    CommandRun explained =
        CommandRun.of("config", "explain", run, "--plugins-dir", folder.resolve("jars"));
    assertThat(explained.err()).isEmpty();
    assertThat(explained.out()).contains("steps.my-step.training.epochs");
  }

  @Test
  void namesTheBrokenPluginThatIsAskedFor() {
    CommandRun run =
        CommandRun.of("plugins", "info", "hollow", "--plugins-dir", folder.resolve("jars"));
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .contains("plugin 'hollow' is broken")
        .contains("has no META-INF/services");
  }

  @Test
  void showsWhereEachValueOfARunCameFrom() {
    CommandRun run = explain("steps.first.window=5");
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out().lines())
        .anyMatch(line -> line.matches("seed +7 +.*run.yaml line 1"))
        .anyMatch(line -> line.matches("threads +0 +default"))
        .anyMatch(line -> line.matches("steps.first.plugin +toy +.*run.yaml line 4"))
        .anyMatch(line -> line.matches("steps.first.window +5 +command line steps.first.window=5"))
        .anyMatch(line -> line.matches("steps.first.training.epochs +9 +.*run.yaml line 6"))
        .anyMatch(line -> line.matches("steps.second.training.epochs +3 +default"));
  }

  @Test
  void printsTheSameAsJson() throws Exception {
    JsonNode rows = new ObjectMapper().readTree(explain("--json").out());
    assertThat(rows)
        .anySatisfy(
            row -> {
              assertThat(row.get("key").asText()).isEqualTo("steps.first.width");
              assertThat(row.get("value").asText()).isEqualTo("4");
              assertThat(row.get("origin").asText()).endsWith("run.yaml line 5");
            });
  }

  @Test
  void tellsAMistakeInOneLineAndEndsWithTwo() {
    assertMistake(
        "[toy] width must be in 1..64, was 0 (key steps.first.width, command line",
        "steps.first.width=0");
    assertMistake("[toy] unknown key 'widht', nearest is 'width'", "steps.first.widht=1");
    assertMistake(
        "no plugin 'toi': there are toy (key steps.first.plugin, command line",
        "steps.first.plugin=toi");
    assertMistake("second reads 'third', which no step makes", "steps.second.after=[third]");
    assertMistake(
        "reads each other in a ring".replace("reads", "read"), "steps.first.after=[second]");
  }

  @Test
  void writesAnExampleOfAPluginWithoutKeys() {
    assertThat(RecordType.of(NoKeys.class).keys()).isEmpty();
    assertThat(new ConfigKeys(RecordType.of(NoKeys.class)).example("none"))
        .isEqualTo("my-step:\n  plugin: none\n");
  }

  record NoKeys() {}

  private static void assertMistake(String message, String override) {
    CommandRun run = explain(override);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err().strip()).contains(message).doesNotContain("\n");
  }

  private static CommandRun explain(String argument) {
    return CommandRun.of(
        "config", "explain", config, argument, "--plugins-dir", folder.resolve("jars"));
  }
}
