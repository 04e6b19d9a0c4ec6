package dev.tessera.host.config;

import dev.tessera.api.PluginException;
import java.util.List;
import java.util.Map;

/**
 * Which step reads which.
 *
 * @param order every step after those it reads; otherwise in the order of the file
 * @param inputs by step, in the order that the step names them
 */
public record StepGraph(List<String> order, Map<String, List<String>> inputs) {

  /**
   * Checks and sorts.
   *
   * @param steps in the order of the file
   * @param inputs by step name; a step that is absent reads none
   * @throws PluginException INVALID_CONFIG if a step reads one that no step makes (lists those
   *     there are), itself, or itself by way of others (names the ring)
   */
  public static StepGraph of(List<StepConfig> steps, Map<String, List<String>> inputs) {
    throw new UnsupportedOperationException("skeleton" + steps + inputs);
  }
}
