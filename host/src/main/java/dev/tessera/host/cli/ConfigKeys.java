package dev.tessera.host.cli;

import dev.tessera.host.config.KeySpec;
import dev.tessera.host.config.RecordType;
import dev.tessera.host.config.ValueType;
import java.util.Optional;

/** The keys of a configuration record, as a table and as a YAML example. */
final class ConfigKeys {

  private static final String INDENT = "  ";
  private static final int WIDEST_CELL = 48;

  private final RecordType<?> type;

  ConfigKeys(RecordType<?> type) {
    this.type = type;
  }

  /** One row a key; the keys of nested records are indented below theirs. */
  TextTable table() {
    TextTable table =
        new TextTable("key", "type", "default", "range", "meaning").wrappedAt(WIDEST_CELL);
    addRows(table, type, "");
    return table;
  }

  private static void addRows(TextTable table, RecordType<?> type, String indent) {
    for (KeySpec key : type.keys()) {
      String unit = key.declared().unit();
      table.row(
          indent + key.name(),
          key.type().describe() + (unit.isEmpty() ? "" : " (" + unit + ")"),
          key.required() ? "required" : key.declared().defaultValue(),
          key.range(),
          key.declared().value());
      nested(key.type()).ifPresent(inner -> addRows(table, inner, indent + INDENT));
    }
  }

  private static Optional<RecordType<?>> nested(ValueType type) {
    if (type instanceof ValueType.Nested inner) {
      return Optional.of(inner.type());
    }
    if (type instanceof ValueType.Sequence list) {
      return nested(list.item());
    }
    return type instanceof ValueType.Mapping map ? nested(map.values()) : Optional.empty();
  }

  /** A step of this plugin in YAML; keys that must be given stand as comments. */
  String example(String pluginId) {
    StringBuilder yaml = new StringBuilder("my-step:\n  plugin: " + pluginId + "\n");
    for (KeySpec key : type.keys()) {
      yaml.append(
          key.required()
              ? "  # %s: %s (required)%n".formatted(key.name(), key.type().describe())
              : "  %s: %s%n".formatted(key.name(), quoted(key.declared().defaultValue())));
    }
    return yaml.toString();
  }

  private static String quoted(String value) {
    return value.isEmpty() ? "\"\"" : value;
  }
}
