package dev.tessera.host.cli;

import dev.tessera.host.config.ConfigOverride;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which configuration: a file, values over it, and a profile or further files between the two. */
final class ConfigChoice {

  @Parameters(index = "0", paramLabel = "CONFIG", description = "The configuration, a YAML file.")
  private Path config;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "KEY=VALUE",
      description = "Values over those of the file, by dotted path.")
  private List<String> overrides = new ArrayList<>();

  @Option(
      names = "--profile",
      paramLabel = "NAME|FILE",
      description =
          "A profile of the configuration (cpu: CONFIG.cpu.yaml beside it), or a further YAML file, merged over it.")
  private List<Path> profiles = new ArrayList<>();

  /** The configuration, then the further files. */
  List<Path> files() {
    List<Path> files = new ArrayList<>(List.of(config));
    profiles.stream().filter(ConfigChoice::isFile).forEach(files::add);
    return files;
  }

  /** The named profile and the values. */
  List<ConfigOverride> overrides() {
    List<ConfigOverride> values = new ArrayList<>();
    for (Path profile : profiles) {
      if (!isFile(profile)) {
        values.add(ConfigOverride.option("--profile", "profile", profile.toString()));
      }
    }
    overrides.forEach(text -> values.add(ConfigOverride.parse(text)));
    return values;
  }

  private static boolean isFile(Path profile) {
    String text = profile.toString();
    return Files.isRegularFile(profile) || text.contains("/") || text.matches(".*\\.ya?ml");
  }
}
