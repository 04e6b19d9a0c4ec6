package dev.tessera.host.config;

import java.util.regex.Pattern;

/** Single values as they stand in YAML. */
final class YamlText {

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_./][A-Za-z0-9_./+%@ -]*");
  private static final Pattern TYPED = Pattern.compile("(?i)true|false|null|~|[-+]?\\.(inf|nan)");

  private YamlText() {}

  /**
   * A number, flag, enum constant or text; text is quoted if it would be read as something else.
   */
  static String of(Object value) {
    if (value instanceof Enum<?> constant) {
      return Names.of(constant);
    }
    String text = String.valueOf(value);
    boolean plain =
        !(value instanceof String)
            || (PLAIN.matcher(text).matches()
                && !TYPED.matcher(text).matches()
                && text.equals(text.strip())
                && !text.matches("[.0-9].*"));
    return plain ? text : quoted(text);
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    text.chars()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                out.append('\\').append((char) c);
              } else if (c < ' ') {
                out.append("\\u%04x".formatted(c));
              } else {
                out.append((char) c);
              }
            });
    return out.append('"').toString();
  }
}
