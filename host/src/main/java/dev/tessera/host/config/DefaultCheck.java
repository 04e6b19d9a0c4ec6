package dev.tessera.host.config;

import dev.tessera.api.PluginException;

/** Sees to it that a plugin's own defaults can be read, before a user meets them. */
final class DefaultCheck {

  private DefaultCheck() {}

  /** Throws {@link IllegalArgumentException} for a default that does not fit its own key. */
  static void check(RecordType<?> type) {
    for (KeySpec key : type.keys()) {
      checkWithin(key.type());
      if (!key.required()) {
        try {
          new RecordBinder(type.name()).convertDefault(key);
        } catch (PluginException e) {
          throw new IllegalArgumentException("a default does not fit: " + e.getMessage(), e);
        }
      }
    }
  }

  private static void checkWithin(ValueType type) {
    if (type instanceof ValueType.Nested nested) {
      check(nested.type());
    } else if (type instanceof ValueType.Sequence sequence) {
      checkWithin(sequence.item());
    } else if (type instanceof ValueType.Mapping mapping) {
      checkWithin(mapping.values());
    }
  }
}
