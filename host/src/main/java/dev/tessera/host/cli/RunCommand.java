package dev.tessera.host.cli;

import dev.tessera.host.config.ConfigOverride;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
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
      "  tessera run configs/quick.yaml --data DIR --only profile steps.als_64_visits.factors=32",
      "  tessera run configs/quick.yaml --data DIR --mode local --memory-limit 12G"
    })
final class RunCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "CONFIG", description = "The configuration, a YAML file.")
  private Path config;

  @Parameters(
      index = "1..*",
      paramLabel = "KEY=VALUE",
      description = "Values over those of the file, by dotted path.")
  private List<String> overrides = new ArrayList<>();

  @Option(
      names = "--profile",
      paramLabel = "FILE",
      description = "A further YAML file, merged over the configuration.")
  private List<Path> profiles = new ArrayList<>();

  @Mixin private RunOptions options;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    List<Path> files = new ArrayList<>(List.of(config));
    files.addAll(profiles);
    List<ConfigOverride> values = new ArrayList<>();
    overrides.forEach(text -> values.add(ConfigOverride.parse(text)));
    values.addAll(options.overrides());
    return Sessions.run(files, values, options, spec.commandLine().getOut());
  }
}
