package dev.tessera.host.config;

import dev.tessera.host.config.ConfigScalar.Type;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Reads a file with what it stands on: {@code extends: FILE} lies below it, key by key, and for a
 * profile {@code cpu} the file {@code NAME.cpu.yaml} beside it lies over it. A file that is
 * extended takes its own profile along, so that what the upper one removes stays removed.
 */
final class LayeredFile {

  static final String EXTENDS = "extends";
  static final String PROFILE = "profile";
  private static final String SUBJECT = "config";

  private final List<Path> opened = new ArrayList<>();
  private Optional<ConfigScalar> profile = Optional.empty();
  private boolean profileFound;

  private LayeredFile() {}

  /**
   * Reads; the two keys are not in the result.
   *
   * @param wanted the profile that the command line names; else the file's own key {@code profile}
   * @throws dev.tessera.api.PluginException INVALID_CONFIG on what {@link NodeReader#file} refuses,
   *     files that extend each other, a profile that no file has
   */
  static ConfigMap read(Path file, Optional<ConfigScalar> wanted) {
    ConfigMap top = NodeReader.file(file);
    LayeredFile reader = new LayeredFile();
    reader.profile = wanted.or(() -> text(top, PROFILE));
    ConfigMap merged = reader.layer(file, top);
    if (reader.profile.isPresent() && !reader.profileFound) {
      throw reader.noProfile(reader.profile.get());
    }
    return merged;
  }

  private ConfigMap layer(Path file, ConfigMap own) {
    opened.add(file.toAbsolutePath().normalize());
    ConfigMap merged = own;
    Optional<ConfigScalar> below = text(own, EXTENDS);
    if (below.isPresent()) {
      Path base = file.resolveSibling(below.get().text());
      if (opened.contains(base.toAbsolutePath().normalize())) {
        throw ConfigErrors.at(SUBJECT, "%s is extended by itself".formatted(base), below.get());
      }
      merged = NodeEdits.merge(layer(base, NodeReader.file(base)), own);
    }
    if (profile.isPresent()) {
      Path over = file.resolveSibling(stem(file) + "." + profile.get().text() + ".yaml");
      if (Files.exists(over)) {
        profileFound = true;
        merged = NodeEdits.merge(merged, NodeReader.file(over));
      }
    }
    Map<String, ConfigNode> entries = new LinkedHashMap<>(merged.entries());
    entries.remove(EXTENDS);
    entries.remove(PROFILE);
    return new ConfigMap(merged.path(), merged.origin(), entries);
  }

  private static Optional<ConfigScalar> text(ConfigMap map, String key) {
    ConfigNode node = map.entries().get(key);
    if (node == null) {
      return Optional.empty();
    }
    if (node instanceof ConfigScalar scalar && scalar.type() == Type.TEXT) {
      return Optional.of(scalar);
    }
    throw ConfigErrors.at(
        SUBJECT, "%s must be a name, was %s".formatted(key, node.describe()), node);
  }

  private RuntimeException noProfile(ConfigScalar wanted) {
    TreeSet<String> names = new TreeSet<>();
    for (Path file : opened) {
      String start = stem(file) + ".";
      try (DirectoryStream<Path> beside =
          Files.newDirectoryStream(file.getParent(), stem(file) + ".*.yaml")) {
        for (Path other : beside) {
          String name = other.getFileName().toString();
          names.add(name.substring(start.length(), name.length() - ".yaml".length()));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    Path first = opened.get(0);
    return ConfigErrors.at(
        SUBJECT,
        "no profile '%s': wanted a file %s beside %s; there %s%s"
            .formatted(
                wanted.text(),
                stem(first) + "." + wanted.text() + ".yaml",
                first.getFileName(),
                names.isEmpty() ? "are no profiles" : "is " + String.join(", ", names),
                Names.hint(wanted.text(), names)),
        wanted);
  }

  private static String stem(Path file) {
    return file.getFileName().toString().replaceFirst("\\.ya?ml$", "");
  }
}
