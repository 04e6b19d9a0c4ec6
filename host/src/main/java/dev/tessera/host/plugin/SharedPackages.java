package dev.tessera.host.plugin;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The packages whose classes exist once, on the host's class path, for all plugins: the contract,
 * and everything that holds native memory or a native library, of which the JVM allows one copy.
 */
final class SharedPackages {

  private static final List<String> PREFIXES =
      List.of(
          "dev.tessera.api.",
          "org.pf4j.",
          "org.slf4j.",
          "org.apache.arrow.",
          "io.netty.",
          "io.grpc.",
          "ai.djl.",
          "ai.onnxruntime.",
          "com.sun.jna.");

  private static final String SERVICES = "META-INF/services/";

  private static final Pattern VERSIONED = Pattern.compile("^META-INF/versions/\\d+/");

  private SharedPackages() {}

  /** Whether a class is the host's. */
  static boolean containClass(String className) {
    return PREFIXES.stream().anyMatch(className::startsWith);
  }

  /**
   * Whether a plugin may see a resource of the host. All but services: a service file of the host
   * would name classes that a plugin cannot load, or that are not of the plugin's own copy of the
   * service's type. The contract's own services are what plugins are asked for, so each sees its
   * own only.
   */
  static boolean showResource(String name) {
    if (!name.startsWith(SERVICES)) {
      return true;
    }
    String service = name.substring(SERVICES.length());
    return containClass(service) && !service.startsWith("dev.tessera.api.");
  }

  /** The shared package that an entry of a plugin's jar belongs to, as it is written in a jar. */
  static Optional<String> ofEntry(String entry) {
    if (!entry.endsWith(".class")) {
      return Optional.empty();
    }
    String plain = VERSIONED.matcher(entry).replaceFirst("");
    return PREFIXES.stream()
        .map(prefix -> prefix.replace('.', '/'))
        .filter(plain::startsWith)
        .findFirst();
  }
}
