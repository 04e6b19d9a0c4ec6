package dev.tessera.host.config;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;

/** The one line that a user reads about a mistake in a configuration. */
final class ConfigErrors {

  private ConfigErrors() {}

  /** {@code [als] factors must be … (key steps.als.factors, configs/quick.yaml line 14)}. */
  static PluginException at(String subject, String message, String path, Origin origin) {
    String place =
        path.isEmpty() ? origin.describe() : "key %s, %s".formatted(path, origin.describe());
    return new PluginException(
        ErrorCode.INVALID_CONFIG, "[%s] %s (%s)".formatted(subject, message, place));
  }

  /** The same, at a node. */
  static PluginException at(String subject, String message, ConfigNode node) {
    return at(subject, message, node.path(), node.origin());
  }

  /** The path of a child. */
  static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
