package dev.tessera.host.plugin;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/**
 * What a jar says before any of its code runs.
 *
 * @param id {@code Plugin-Id}; empty if missing
 * @param version {@code Plugin-Version}; empty if missing
 * @param defect why the jar cannot be a plugin, if so
 */
record JarManifest(String id, String version, Optional<String> defect) {

  private static final String SERVICE_FILE = "META-INF/services/dev.tessera.api.ModelPluginFactory";

  /** Reads a jar's manifest and the names of its entries. */
  static JarManifest read(Path path) {
    try (JarFile jar = new JarFile(path.toFile())) {
      Manifest manifest = jar.getManifest();
      Attributes entries = manifest == null ? new Attributes() : manifest.getMainAttributes();
      return new JarManifest(
          text(entries, "Plugin-Id"), text(entries, "Plugin-Version"), defect(jar, entries));
    } catch (IOException e) {
      return new JarManifest("", "", Optional.of("is not a readable jar: " + FailureText.of(e)));
    }
  }

  private static Optional<String> defect(JarFile jar, Attributes entries) {
    for (String name : new String[] {"Plugin-Id", "Plugin-Version", "Plugin-Requires"}) {
      if (text(entries, name).isEmpty()) {
        return Optional.of("has no %s in its manifest".formatted(name));
      }
    }
    if (!text(entries, "Plugin-Dependencies").isEmpty()) {
      return Optional.of(
          "has Plugin-Dependencies in its manifest: plugins use nothing of each other");
    }
    Optional<String> bundled =
        jar.stream()
            .map(ZipEntry::getName)
            .flatMap(name -> SharedPackages.ofEntry(name).stream())
            .findFirst();
    if (bundled.isPresent()) {
      return Optional.of(
          "bundles %s, which the host provides: leave it out of the jar (scope provided)"
              .formatted(bundled.get()));
    }
    return jar.getEntry(SERVICE_FILE) == null
        ? Optional.of("has no " + SERVICE_FILE + " that names its factory")
        : Optional.empty();
  }

  private static String text(Attributes entries, String name) {
    String value = entries.getValue(name);
    return value == null ? "" : value.strip();
  }
}
