package dev.tessera.host.config;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.host.config.ConfigScalar.Type;

/**
 * A value that the command line sets over the files' one.
 *
 * @param path dotted, list items by index: {@code steps.profile.inputs.0.scaler}
 * @param value as it would stand in YAML, or plain text if {@code literal}
 * @param literal whether the value is text whatever it looks like (a folder named {@code 2024})
 * @param shown how the user wrote it, for messages
 */
public record ConfigOverride(String path, String value, boolean literal, String shown) {

  /**
   * From {@code key=value} on the command line; the value is typed as YAML types it.
   *
   * @throws PluginException INVALID_CONFIG if there is no {@code =} or no key before it
   */
  public static ConfigOverride parse(String argument) {
    int equals = argument.indexOf('=');
    String path = equals < 0 ? "" : argument.substring(0, equals).strip();
    if (path.isEmpty() || path.startsWith(".") || path.endsWith(".") || path.contains("..")) {
      throw new PluginException(
          ErrorCode.INVALID_CONFIG,
          "an override must be key=value, such as steps.als.factors=32, was '%s'"
              .formatted(argument));
    }
    return new ConfigOverride(path, argument.substring(equals + 1), false, argument);
  }

  /** From an option of its own, such as {@code --data DIR}: the value is text. */
  public static ConfigOverride option(String option, String path, String value) {
    return new ConfigOverride(path, value, true, option + " " + value);
  }

  /** From an option whose value is typed as YAML types it, such as {@code --seed 7}. */
  public static ConfigOverride typedOption(String option, String path, String value) {
    return new ConfigOverride(path, value, false, option + " " + value);
  }

  /** The value at its place. */
  ConfigNode node() {
    return literal
        ? new ConfigScalar(path, origin(), Type.TEXT, value)
        : NodeReader.yaml(value, path, origin());
  }

  Origin origin() {
    return new Origin.CommandLine(shown);
  }
}
