package dev.tessera.host.config;

import dev.tessera.host.config.ConfigScalar.Type;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Puts the values of environment variables in the place of {@code ${NAME}}. */
final class EnvironmentReferences {

  private static final Pattern REFERENCE =
      Pattern.compile("\\$(\\$?)\\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\\}");

  private final Map<String, String> environment;

  EnvironmentReferences(Map<String, String> environment) {
    this.environment = environment;
  }

  /** The scalar itself if it refers to nothing; otherwise one that takes the type it is used as. */
  ConfigScalar resolve(ConfigScalar scalar) {
    if (scalar.type() != Type.TEXT || !scalar.text().contains("${")) {
      return scalar;
    }
    Set<String> variables = new LinkedHashSet<>();
    StringBuilder text = new StringBuilder();
    Matcher matcher = REFERENCE.matcher(scalar.text());
    while (matcher.find()) {
      String replacement;
      if (matcher.group(1).isEmpty()) {
        variables.add(matcher.group(2));
        replacement = value(scalar, matcher.group(2), matcher.group(3));
      } else {
        replacement = matcher.group().substring(1);
      }
      matcher.appendReplacement(text, Matcher.quoteReplacement(replacement));
    }
    matcher.appendTail(text);
    return variables.isEmpty()
        ? new ConfigScalar(scalar.path(), scalar.origin(), Type.TEXT, text.toString())
        : new ConfigScalar(
            scalar.path(),
            new Origin.Environment(String.join(", ", variables), scalar.origin()),
            Type.UNTYPED,
            text.toString());
  }

  private String value(ConfigScalar scalar, String variable, String fallback) {
    String value = environment.get(variable);
    if (value != null && !value.isEmpty()) {
      return value;
    }
    if (fallback != null) {
      return fallback;
    }
    throw ConfigErrors.at(
        "config",
        "the environment variable %s must be set, or given a default: ${%s:-…}"
            .formatted(variable, variable),
        scalar);
  }
}
