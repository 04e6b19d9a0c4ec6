package dev.tessera.host.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunConfigTest {

  private static final String STEPS = "steps:\n  als: {plugin: als, factors: 8}\n";

  @TempDir Path folder;
  private ConfigFiles files;

  @BeforeEach
  void setFolder() {
    files = new ConfigFiles(folder);
  }

  @Test
  void typesTheTopKeys() {
    RunConfig run =
        run(
            """
            data: data/tiny
            out: runs/x
            mode: local
            seed: 7
            threads: 3
            memory-limit: 12G
            device: cuda:1
            workspace: work
            plugins: [mine, theirs]
            """
                + STEPS);
    assertThat(run.requireData()).isEqualTo(Path.of("data/tiny"));
    assertThat(run.out()).isEqualTo(Path.of("runs/x"));
    assertThat(run.mode()).isEqualTo(RunConfig.Mode.LOCAL);
    assertThat(run.seed()).isEqualTo(7);
    assertThat(run.threads()).isEqualTo(3);
    assertThat(run.memoryLimit().bytes(0)).isEqualTo(12L << 30);
    assertThat(run.device().gpu()).hasValue(1);
    assertThat(run.workspace()).isEqualTo(Path.of("work"));
    assertThat(run.plugins()).containsExactly(Path.of("mine"), Path.of("theirs"));
  }

  @Test
  void hasADefaultForEverythingButData() {
    RunConfig run = run(STEPS);
    assertThat(run.mode()).isEqualTo(RunConfig.Mode.SUBMIT);
    assertThat(run.threads()).isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(run.plugins()).isEmpty();
    assertThat(run.data()).isEmpty();
    assertThat(files.mistake(run::requireData)).contains("data: DIR").contains("--data DIR");
  }

  @Test
  void keepsStepsInTheOrderOfTheFileAndTypesTheirKeysLater() {
    RunConfig run = run("steps:\n  b: {plugin: p}\n  a-1_x: {plugin: als, factors: 8}\n");
    assertThat(run.steps()).extracting(StepConfig::name).containsExactly("b", "a-1_x");
    StepConfig step = run.steps().get(1);
    assertThat(step.plugin()).isEqualTo("als");
    assertThat(step.pluginOrigin()).isEqualTo(new Origin.File(folder.resolve("run.yaml"), 3));
    assertThat(step.bind(SampleConfig.class).record().factors()).isEqualTo(8);
  }

  @Test
  void showsAStepsMistakeWithPluginKeyAndLine() {
    RunConfig run = run("steps:\n  als_64:\n    plugin: als\n    factors: 0\n");
    assertThat(files.mistake(() -> run.steps().get(0).bind(SampleConfig.class)))
        .isEqualTo(
            "[als] factors must be in 1..1024, was 0"
                + " (key steps.als_64.factors, run.yaml line 4)");
  }

  @Test
  void refusesWrongTopKeys() {
    refuses(
        "step: {}\n", "[run] unknown key 'step', nearest is 'steps' (key step, run.yaml line 1)");
    refuses("seed: 1\n", "[run] steps is required");
    refuses("steps:\n", "[run] steps must be names with a plugin each, was empty");
    refuses("steps: {}\n", "[run] steps must be names with a plugin each");
    refuses("mode: train\n" + STEPS, "[run] mode must be one of submit, local, was 'train'");
    refuses("memory-limit: lots\n" + STEPS, "[run] memory-limit must be like 12G, 900M or 60%");
    refuses("device: gpu\n" + STEPS, "[run] device must be auto, cpu or cuda:N, was 'gpu'");
    refuses("threads: -1\n" + STEPS, "[run] threads must be in 0..4096, was -1");
    refuses("out: \"\"\n" + STEPS, "[run] out must name a folder, was empty");
  }

  @Test
  void refusesWrongSteps() {
    refuses(
        "steps: {ALS: {plugin: als}}\n",
        "[steps] a name must be lower case, digits, _ and -, was 'ALS' (key steps.ALS");
    refuses("steps: {../x: {plugin: als}}\n", "[steps] a name must be lower case");
    refuses("steps: {als: als}\n", "[steps] als must be {plugin: …}, was 'als'");
    refuses("steps: {als: {factors: 8}}\n", "[steps] als has no plugin: add plugin:");
    refuses("steps: {als: {plugin: [a]}}\n", "[steps] plugin must be a plugin's id, was a list");
  }

  @Test
  void takesAnOverrideOfAStepThatIsNotThereForASlip() {
    assertThat(files.mistake(() -> RunConfig.of(files.tree(STEPS, "steps.asl.factors=4"))))
        .isEqualTo(
            "[steps] no step is named 'asl', nearest is 'als'"
                + " (key steps.asl, command line steps.asl.factors=4)");
  }

  @Test
  void readsMemoryLimits() {
    Map<String, Long> bytes =
        Map.of(
            "12G", 12L << 30, "1.5GiB", 3L << 29, "900MB", 900L << 20, "60%", 600L, "1T", 1L << 40);
    bytes.forEach(
        (text, wanted) -> assertThat(new MemoryLimit(text).bytes(1000)).isEqualTo(wanted));
    for (String wrong : List.of("12", "0G", "101%", "0%", "60%B", "-1G", "G", "1e9K", "")) {
      org.assertj.core.api.Assertions.assertThatThrownBy(() -> new MemoryLimit(wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private RunConfig run(String yaml) {
    return RunConfig.of(files.tree(yaml));
  }

  private void refuses(String yaml, String message) {
    assertThat(files.mistake(() -> run(yaml))).startsWith(message);
  }
}
