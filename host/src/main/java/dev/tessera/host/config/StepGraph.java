package dev.tessera.host.config;

import dev.tessera.api.PluginException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which step reads which.
 *
 * @param order every step after those it reads; otherwise in the order of the file
 * @param inputs by step, in the order that the step names them
 */
public record StepGraph(List<String> order, Map<String, List<String>> inputs) {

  private static final String SUBJECT = "steps";

  /** Copies, keeping order. */
  public StepGraph {
    order = List.copyOf(order);
    Map<String, List<String>> copy = new LinkedHashMap<>();
    inputs.forEach((step, names) -> copy.put(step, List.copyOf(names)));
    inputs = Collections.unmodifiableMap(copy);
  }

  /**
   * Checks and sorts.
   *
   * @param steps in the order of the file
   * @param inputs by step name; a step that is absent reads none
   * @throws PluginException INVALID_CONFIG if a step reads one that no step makes (lists those
   *     there are), itself, or itself by way of others (names the ring)
   */
  public static StepGraph of(List<StepConfig> steps, Map<String, List<String>> inputs) {
    Map<String, StepConfig> byName = new LinkedHashMap<>();
    steps.forEach(step -> byName.put(step.name(), step));
    Map<String, List<String>> reads = new LinkedHashMap<>();
    for (StepConfig step : steps) {
      reads.put(step.name(), inputs.getOrDefault(step.name(), List.of()));
      reads.get(step.name()).forEach(input -> checkInput(step, input, byName.keySet()));
    }
    return new StepGraph(sorted(byName, reads), reads);
  }

  private static void checkInput(StepConfig step, String input, Set<String> names) {
    if (input.equals(step.name())) {
      throw ConfigErrors.at(SUBJECT, step.name() + " reads itself", step.node());
    }
    if (!names.contains(input)) {
      String nearest =
          Names.nearest(input, names).map(name -> ", nearest is '" + name + "'").orElse("");
      throw ConfigErrors.at(
          SUBJECT,
          "%s reads '%s', which no step makes%s; there are %s"
              .formatted(step.name(), input, nearest, String.join(", ", names)),
          step.node());
    }
  }

  private static List<String> sorted(
      Map<String, StepConfig> steps, Map<String, List<String>> reads) {
    Set<String> done = new LinkedHashSet<>();
    while (done.size() < steps.size()) {
      String next =
          steps.keySet().stream()
              .filter(name -> !done.contains(name) && done.containsAll(reads.get(name)))
              .findFirst()
              .orElseThrow(() -> ring(steps, reads, done));
      done.add(next);
    }
    return List.copyOf(done);
  }

  /** Every step left reads another one left, so that following them must come round. */
  private static PluginException ring(
      Map<String, StepConfig> steps, Map<String, List<String>> reads, Set<String> done) {
    List<String> path = new ArrayList<>();
    String at =
        steps.keySet().stream().filter(name -> !done.contains(name)).findFirst().orElseThrow();
    while (!path.contains(at)) {
      path.add(at);
      at = reads.get(at).stream().filter(name -> !done.contains(name)).findFirst().orElseThrow();
    }
    List<String> ring = new ArrayList<>(path.subList(path.indexOf(at), path.size()));
    ring.add(at);
    return ConfigErrors.at(
        SUBJECT,
        "steps read each other in a ring: " + String.join(" reads ", ring),
        steps.get(at).node());
  }
}
