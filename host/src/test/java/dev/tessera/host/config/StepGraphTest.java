package dev.tessera.host.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StepGraphTest {

  private final ConfigFiles files = new ConfigFiles(Path.of(""));

  @Test
  void ordersStepsAfterTheirInputsAndOtherwiseAsInTheFile() {
    StepGraph graph =
        graph(
            List.of("profile", "b", "a", "part"),
            Map.of("profile", List.of("a", "part"), "part", List.of("b")));
    assertThat(graph.order()).containsExactly("b", "a", "part", "profile");
    assertThat(graph.inputs().get("profile")).containsExactly("a", "part");
    assertThat(graph.inputs().get("a")).isEmpty();
  }

  @Test
  void keepsTheOrderOfTheFileWhereNothingReadsAnything() {
    assertThat(graph(List.of("c", "a", "b"), Map.of()).order()).containsExactly("c", "a", "b");
  }

  @Test
  void letsAStepReadOneInputTwice() {
    assertThat(graph(List.of("a", "m"), Map.of("m", List.of("a", "a"))).order())
        .containsExactly("a", "m");
  }

  @Test
  void listsTheStepsThereAreForAnInputThatNoneMakes() {
    assertThat(mistake(List.of("stats", "als_64", "m"), Map.of("m", List.of("als_46"))))
        .isEqualTo(
            "[steps] m reads 'als_46', which no step makes, nearest is 'als_64';"
                + " there are stats, als_64, m (key steps.m, x.yaml line 3)");
  }

  @Test
  void namesAStepThatReadsItself() {
    assertThat(mistake(List.of("a", "m"), Map.of("m", List.of("a", "m"))))
        .isEqualTo("[steps] m reads itself (key steps.m, x.yaml line 2)");
  }

  @Test
  void namesTheRing() {
    assertThat(
            mistake(
                List.of("top", "a", "b", "c", "free"),
                Map.of(
                    "top", List.of("free", "a"),
                    "a", List.of("b"),
                    "b", List.of("free", "c"),
                    "c", List.of("a"))))
        .isEqualTo(
            "[steps] steps read each other in a ring: a reads b reads c reads a"
                + " (key steps.a, x.yaml line 2)");
  }

  private String mistake(List<String> names, Map<String, List<String>> inputs) {
    return files.mistake(() -> graph(names, inputs));
  }

  private static StepGraph graph(List<String> names, Map<String, List<String>> inputs) {
    List<StepConfig> steps = new java.util.ArrayList<>();
    for (String name : names) {
      Origin origin = new Origin.File(Path.of("x.yaml"), steps.size() + 1);
      ConfigMap node = new ConfigMap("steps." + name, origin, Map.of());
      steps.add(new StepConfig(name, "plugin", origin, node));
    }
    return StepGraph.of(steps, inputs);
  }
}
