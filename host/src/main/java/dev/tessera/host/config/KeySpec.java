package dev.tessera.host.config;

import dev.tessera.api.ConfigKey;

/**
 * One key of a configuration, as its record declares it.
 *
 * @param name in kebab-case
 * @param type what its value is
 * @param declared meaning, default, unit, range
 */
public record KeySpec(String name, ValueType type, ConfigKey declared) {

  /** Whether the user must give it. */
  public boolean required() {
    return declared.defaultValue().equals(ConfigKey.REQUIRED);
  }

  /** {@code 1..1024}, {@code at least 1}, {@code at most 1}, or nothing. */
  public String range() {
    double min = declared.min();
    double max = declared.max();
    if (Double.isInfinite(min) && Double.isInfinite(max)) {
      return "";
    }
    if (Double.isInfinite(max)) {
      return "at least " + plain(min);
    }
    return Double.isInfinite(min) ? "at most " + plain(max) : plain(min) + ".." + plain(max);
  }

  private static String plain(double bound) {
    return bound == Math.rint(bound) && Math.abs(bound) < 1e15
        ? String.valueOf((long) bound)
        : String.valueOf(bound);
  }

  /** The default where it stands as a node of a configuration. */
  ConfigNode defaultNode(String path) {
    Origin origin = new Origin.Default();
    String text = declared.defaultValue();
    boolean plainText = type instanceof ValueType.Text && !text.startsWith("\"");
    return plainText
        ? new ConfigScalar(path, origin, ConfigScalar.Type.TEXT, text)
        : NodeReader.yaml(text, path, origin);
  }
}
