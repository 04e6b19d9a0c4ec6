package dev.tessera.host.config;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The type of a configuration value: what a component of a configuration record can be. */
public sealed interface ValueType {

  /** As a user reads it: {@code whole number}, {@code list of text}. */
  String describe();

  /**
   * A whole number.
   *
   * @param lowest of the Java type
   * @param highest of the Java type
   */
  record Whole(long lowest, long highest) implements ValueType {
    static final Whole INT = new Whole(Integer.MIN_VALUE, Integer.MAX_VALUE);
    static final Whole LONG = new Whole(Long.MIN_VALUE, Long.MAX_VALUE);

    @Override
    public String describe() {
      return "whole number";
    }

    Object boxed(long value) {
      // Not a conditional expression: that would make a Long of both.
      if (equals(INT)) {
        return Math.toIntExact(value);
      }
      return value;
    }
  }

  /** A finite number. */
  record Decimal() implements ValueType {
    @Override
    public String describe() {
      return "number";
    }
  }

  /** True or false. */
  record Flag() implements ValueType {
    @Override
    public String describe() {
      return "true or false";
    }
  }

  /** Text. */
  record Text() implements ValueType {
    @Override
    public String describe() {
      return "text";
    }
  }

  /**
   * One of a few names.
   *
   * @param constants of an enum, in its order
   */
  record Choice(List<Enum<?>> constants) implements ValueType {
    static Choice of(Class<?> enumType) {
      return new Choice(
          Arrays.stream(enumType.getEnumConstants()).<Enum<?>>map(Enum.class::cast).toList());
    }

    List<String> names() {
      return constants.stream().map(Names::of).toList();
    }

    /** The constant of that name; hyphens and underscores are alike. */
    Optional<Enum<?>> constant(String name) {
      return constants.stream()
          .filter(constant -> Names.of(constant).replace('_', '-').equals(name.replace('_', '-')))
          .findFirst();
    }

    @Override
    public String describe() {
      return "one of " + String.join(", ", names());
    }
  }

  /** Keys below this one. */
  record Nested(RecordType<?> type) implements ValueType {
    @Override
    public String describe() {
      return "keys";
    }
  }

  /** Values in order. */
  record Sequence(ValueType item) implements ValueType {
    @Override
    public String describe() {
      return "list of " + item.describe();
    }
  }

  /**
   * Names and values.
   *
   * @param keys text or a choice
   */
  record Mapping(ValueType keys, ValueType values) implements ValueType {
    @Override
    public String describe() {
      return "map from %s to %s".formatted(keys.describe(), values.describe());
    }
  }
}
