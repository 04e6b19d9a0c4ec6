package dev.tessera.host.cli;

import dev.tessera.host.config.ConfigOverride;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tessera run}. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the steps of a configuration on event data.",
      "Steps that an earlier run finished with the same data, plugin, configuration and seed are taken from the cache; a killed run goes on where it was."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tessera run configs/quick.yaml --data data/tiny",
      "  tessera run configs/quick.yaml --data DIR --plugins stats,als",
      "  tessera run configs/best_solution.yaml --profile cpu --data DIR",
      "  tessera run configs/quick.yaml --data DIR --only profile steps.als_visits.factors=32",
      "  tessera run configs/quick.yaml --data DIR --mode local --memory-limit 12G"
    })
final class RunCommand implements Callable<Integer> {

  @Mixin private ConfigChoice choice;

  @Mixin private RunOptions options;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    List<ConfigOverride> values = new ArrayList<>(choice.overrides());
    values.addAll(options.overrides());
    return Sessions.run(choice.files(), values, options, spec.commandLine().getOut());
  }
}
