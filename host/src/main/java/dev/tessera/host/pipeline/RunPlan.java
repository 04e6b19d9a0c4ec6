package dev.tessera.host.pipeline;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.host.config.RunConfig;
import dev.tessera.host.config.StepConfig;
import dev.tessera.host.config.StepGraph;
import dev.tessera.host.plugin.LoadedPlugin;
import dev.tessera.host.plugin.PluginRegistry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The steps of a run in the order they can run, every configuration bound and every plugin found,
 * so that a mistake stops the run before any work.
 *
 * @param steps every step after those it reads
 */
public record RunPlan(List<PlannedStep> steps) {

  /** Copies the list. */
  public RunPlan {
    steps = List.copyOf(steps);
  }

  /**
   * Which steps a user asks for.
   *
   * @param only run these steps and what they read; empty for all
   * @param plugins run only steps of these plugins; an input that is thereby left out is missing to
   *     a merge as one without events is; empty for all
   */
  public record Selection(Set<String> only, Set<String> plugins) {

    /** Everything. */
    public static final Selection ALL = new Selection(Set.of(), Set.of());

    /** Copies the sets. */
    public Selection {
      only = Set.copyOf(only);
      plugins = Set.copyOf(plugins);
    }
  }

  /**
   * Binds, checks, sorts, selects.
   *
   * @throws PluginException INVALID_CONFIG on the first mistake, with its place
   */
  public static RunPlan of(RunConfig config, PluginRegistry registry, Selection selection) {
    Map<String, PlannedStep> planned = new LinkedHashMap<>();
    Map<String, List<String>> inputs = new LinkedHashMap<>();
    for (StepConfig step : config.steps()) {
      LoadedPlugin plugin = plugin(step, registry);
      Record bound = step.bind(plugin.configType()).record();
      List<String> reads = plugin.inputs(bound);
      planned.put(step.name(), new PlannedStep(step.name(), plugin, bound, reads));
      inputs.put(step.name(), reads);
    }
    StepGraph graph = StepGraph.of(config.steps(), inputs);
    Set<String> wanted = wanted(planned, selection);
    return new RunPlan(graph.order().stream().filter(wanted::contains).map(planned::get).toList());
  }

  private static LoadedPlugin plugin(StepConfig step, PluginRegistry registry) {
    try {
      return registry.require(step.plugin());
    } catch (PluginException e) {
      throw new PluginException(
          e.code(),
          "%s (key steps.%s.plugin, %s)"
              .formatted(e.getMessage(), step.name(), step.pluginOrigin().describe()),
          e);
    }
  }

  private static Set<String> wanted(Map<String, PlannedStep> planned, Selection selection) {
    requireKnown("step", selection.only(), planned.keySet());
    Set<String> plugins = new LinkedHashSet<>();
    planned.values().forEach(step -> plugins.add(step.plugin().id()));
    requireKnown("plugin", selection.plugins(), plugins);
    Set<String> wanted = new LinkedHashSet<>();
    Deque<String> open =
        new ArrayDeque<>(selection.only().isEmpty() ? planned.keySet() : selection.only());
    while (!open.isEmpty()) {
      String name = open.remove();
      if (wanted.add(name)) {
        open.addAll(planned.get(name).inputs());
      }
    }
    if (!selection.plugins().isEmpty()) {
      wanted.removeIf(name -> !selection.plugins().contains(planned.get(name).plugin().id()));
    }
    return wanted;
  }

  private static void requireKnown(String what, Set<String> asked, Set<String> known) {
    for (String name : asked) {
      if (!known.contains(name)) {
        throw new PluginException(
            ErrorCode.INVALID_CONFIG,
            "no %s of this run is named '%s'; there are: %s"
                .formatted(what, name, String.join(", ", known)));
      }
    }
  }
}
