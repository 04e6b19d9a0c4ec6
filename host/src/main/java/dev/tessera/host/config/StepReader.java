package dev.tessera.host.config;

import dev.tessera.host.config.ConfigScalar.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/** Reads the {@code steps} of a run. */
final class StepReader {

  private static final String SUBJECT = "steps";

  /** A name is a folder too, and a part of dotted paths. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,99}");

  private StepReader() {}

  static List<StepConfig> read(ConfigMap root) {
    ConfigNode node = root.entries().get(SUBJECT);
    if (node == null) {
      throw ConfigErrors.at("run", "steps is required: a name and a plugin each", root);
    }
    if (!(node instanceof ConfigMap steps) || steps.entries().isEmpty()) {
      throw ConfigErrors.at(
          "run", "steps must be names with a plugin each, was " + node.describe(), node);
    }
    List<StepConfig> read = new ArrayList<>();
    steps.entries().forEach((name, step) -> read.add(step(name, step, steps)));
    return List.copyOf(read);
  }

  private static StepConfig step(String name, ConfigNode node, ConfigMap steps) {
    if (!NAME.matcher(name).matches()) {
      throw ConfigErrors.at(
          SUBJECT, "a name must be lower case, digits, _ and -, was '%s'".formatted(name), node);
    }
    if (!(node instanceof ConfigMap step)) {
      throw ConfigErrors.at(
          SUBJECT, "%s must be {plugin: …}, was %s".formatted(name, node.describe()), node);
    }
    ConfigNode plugin = step.entries().get(StepConfig.PLUGIN);
    if (plugin == null) {
      throw ConfigErrors.at(SUBJECT, withoutPlugin(step, name, steps.entries().keySet()), step);
    }
    if (!(plugin instanceof ConfigScalar id)
        || (id.type() != Type.TEXT && id.type() != Type.UNTYPED)) {
      throw ConfigErrors.at(
          SUBJECT, "plugin must be a plugin's id, was " + plugin.describe(), plugin);
    }
    return new StepConfig(name, id.text(), id.origin(), step);
  }

  /** A step that only an override speaks of is a mistyped name. */
  private static String withoutPlugin(ConfigMap step, String name, Collection<String> names) {
    if (step.origin() instanceof Origin.CommandLine) {
      List<String> others = names.stream().filter(other -> !other.equals(name)).toList();
      return "no step is named '%s'%s".formatted(name, Names.hint(name, others));
    }
    return "%s has no plugin: add plugin: and an id of tessera plugins list".formatted(name);
  }
}
