package dev.tessera.host.config;

import dev.tessera.host.config.ConfigScalar.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Pattern;

/** Turns single values into Java ones: types are strict, ranges are kept. */
final class ScalarReader {

  private static final Pattern WHOLE = Pattern.compile("[-+]?[0-9][0-9_]*");

  /**
   * YAML 1.1 takes {@code 1e-3}, without a point, for text; here it is the number it looks like.
   */
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?([0-9][0-9_]*\\.?[0-9_]*|\\.[0-9]+)([eE][-+]?[0-9]{1,3})?");

  private final String subject;

  ScalarReader(String subject) {
    this.subject = subject;
  }

  /** The value of a single-value type. */
  Object read(ConfigNode node, ValueType type, KeySpec key) {
    if (!(node instanceof ConfigScalar scalar)) {
      throw mistyped(node, type, key);
    }
    if (type instanceof ValueType.Whole whole) {
      return whole(scalar, whole, key);
    }
    if (type instanceof ValueType.Decimal) {
      return decimal(scalar, type, key);
    }
    if (type instanceof ValueType.Flag) {
      return flag(scalar, type, key);
    }
    if (type instanceof ValueType.Choice choice) {
      return choice(scalar, choice, key);
    }
    if (scalar.type() != Type.TEXT && scalar.type() != Type.UNTYPED) {
      String hint = scalar.type() == Type.EMPTY ? "" : ": put it in quotes";
      throw wrong(scalar, "%s must be text, was %s%s", key.name(), scalar.describe(), hint);
    }
    return scalar.text();
  }

  private Object whole(ConfigScalar scalar, ValueType.Whole type, KeySpec key) {
    boolean mayBe = scalar.type() == Type.INTEGER || scalar.type() == Type.UNTYPED;
    if (!mayBe || !WHOLE.matcher(scalar.text()).matches()) {
      throw mistyped(scalar, type, key);
    }
    BigInteger value = new BigInteger(scalar.text().replace("_", ""));
    if (value.doubleValue() < key.declared().min() || value.doubleValue() > key.declared().max()) {
      throw outOfRange(scalar, key);
    }
    boolean fits =
        value.compareTo(BigInteger.valueOf(type.lowest())) >= 0
            && value.compareTo(BigInteger.valueOf(type.highest())) <= 0;
    if (!fits) {
      throw wrong(
          scalar,
          "%s must be in %d..%d, was %s",
          key.name(),
          type.lowest(),
          type.highest(),
          scalar.text());
    }
    return type.boxed(value.longValueExact());
  }

  private Object decimal(ConfigScalar scalar, ValueType type, KeySpec key) {
    if (scalar.type() == Type.BOOLEAN || !NUMBER.matcher(scalar.text()).matches()) {
      throw mistyped(scalar, type, key);
    }
    double value = new BigDecimal(scalar.text().replace("_", "")).doubleValue();
    if (Double.isInfinite(value) || value < key.declared().min() || value > key.declared().max()) {
      throw outOfRange(scalar, key);
    }
    return value;
  }

  private Object flag(ConfigScalar scalar, ValueType type, KeySpec key) {
    boolean mayBe = scalar.type() == Type.BOOLEAN || scalar.type() == Type.UNTYPED;
    if (mayBe && scalar.text().equalsIgnoreCase("true")) {
      return true;
    }
    if (mayBe && scalar.text().equalsIgnoreCase("false")) {
      return false;
    }
    throw mistyped(scalar, type, key);
  }

  private Object choice(ConfigScalar scalar, ValueType.Choice type, KeySpec key) {
    return type.constant(scalar.text()).orElseThrow(() -> mistyped(scalar, type, key));
  }

  private RuntimeException outOfRange(ConfigScalar scalar, KeySpec key) {
    String range = key.range();
    return wrong(
        scalar,
        "%s must be %s, was %s",
        key.name(),
        range.isEmpty() ? "a finite number" : range.startsWith("at ") ? range : "in " + range,
        scalar.text());
  }

  RuntimeException mistyped(ConfigNode node, ValueType type, KeySpec key) {
    String wanted = type.describe();
    boolean article = !wanted.startsWith("one of") && !(type instanceof ValueType.Flag);
    boolean plural = type instanceof ValueType.Text || type instanceof ValueType.Nested;
    return wrong(
        node,
        "%s must be %s%s, was %s",
        key.name(),
        article && !plural ? "a " : "",
        wanted,
        node.describe());
  }

  private RuntimeException wrong(ConfigNode node, String format, Object... arguments) {
    return ConfigErrors.at(subject, format.formatted(arguments), node);
  }
}
