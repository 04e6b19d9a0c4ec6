package dev.tessera.host.config;

/**
 * A single value, typed as YAML types it.
 *
 * @param path see {@link ConfigNode#path}
 * @param origin see {@link ConfigNode#origin}
 * @param type what YAML takes it for
 * @param text as it was written, without quotes
 */
public record ConfigScalar(String path, Origin origin, Type type, String text)
    implements ConfigNode {

  /** What a single value is. */
  public enum Type {
    /** Text, or quoted. */
    TEXT,
    /** A whole number. */
    INTEGER,
    /** A number with a point or an exponent. */
    DECIMAL,
    /** {@code true} or {@code false}. */
    BOOLEAN,
    /** Nothing, {@code ~} or {@code null}. */
    EMPTY,
    /** From an environment variable: whatever is wanted, if the text can be read so. */
    UNTYPED
  }

  @Override
  public String describe() {
    return switch (type) {
      case TEXT, UNTYPED -> "'" + text + "'";
      case INTEGER, DECIMAL, BOOLEAN -> text;
      case EMPTY -> "empty";
    };
  }
}
