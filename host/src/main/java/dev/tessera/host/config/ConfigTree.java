package dev.tessera.host.config;

import dev.tessera.api.PluginException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Configuration files merged from left to right, then overridden by the command line; every value
 * knows its origin. {@code ${NAME}} and {@code ${NAME:-default}} in a value stand for environment
 * variables; {@code $${NAME}} is the text itself.
 *
 * @param root the top
 */
public record ConfigTree(ConfigMap root) {

  /**
   * Reads and merges.
   *
   * @param files at least one, the first with what it extends and with its profile; later ones win,
   *     key by key; lists are replaced whole
   * @param overrides applied in order, after all files
   * @param environment usually {@link System#getenv()}
   * @throws PluginException INVALID_CONFIG on a file that does not exist or is not YAML, a key
   *     given twice, an unset variable, an override whose path runs through a value; IO if a file
   *     cannot be read
   */
  public static ConfigTree read(
      List<Path> files, List<ConfigOverride> overrides, Map<String, String> environment) {
    Optional<ConfigScalar> profile = Optional.empty();
    List<ConfigOverride> values = new ArrayList<>();
    for (ConfigOverride override : overrides) {
      if (override.path().equals(LayeredFile.PROFILE)
          && override.node() instanceof ConfigScalar name) {
        profile = Optional.of(name);
      } else {
        values.add(override);
      }
    }
    ConfigMap merged = LayeredFile.read(files.get(0), profile);
    for (Path file : files.subList(1, files.size())) {
      merged = NodeEdits.merge(merged, NodeReader.file(file));
    }
    for (ConfigOverride override : values) {
      merged = NodeEdits.set(merged, override);
    }
    // Last, so that a variable which something else overrides need not be set.
    EnvironmentReferences references = new EnvironmentReferences(environment);
    return new ConfigTree(NodeEdits.mapScalars(merged, references::resolve));
  }
}
