package dev.tessera.host.data;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventKind;
import dev.tessera.api.PluginException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * The columns of events that come in Arrow batches, all kinds in one: {@code client_id} int64,
 * {@code timestamp} (any unit, or text), {@code kind} (the name of the event's table, text), and as
 * far as the kinds need them {@code sku} int64, {@code url} int64 and {@code query} text. A row's
 * item is in the column of its kind; its other item columns are not looked at.
 */
public final class EventBatchSchema {

  /** The column with the name of each event's table, such as {@code page_visit}. */
  public static final String KIND = "kind";

  private static final String WANTED =
      "client_id int64, timestamp (timestamp of any unit, or text), kind text, and as far as the"
          + " kinds need them sku int64, url int64, query text";
  private static final Map<String, EventKind> KINDS =
      Arrays.stream(EventKind.values())
          .collect(Collectors.toUnmodifiableMap(EventKind::tableName, kind -> kind));
  private static final Set<String> NEEDED = Set.of(EventColumns.CLIENT, EventColumns.TIME, KIND);

  private EventBatchSchema() {}

  /** A schema with all columns and times in microseconds, for who makes batches. */
  public static Schema schema() {
    ArrowType id = new ArrowType.Int(Long.SIZE, true);
    return new Schema(
        List.of(
            new Field(EventColumns.CLIENT, FieldType.notNullable(id), null),
            new Field(
                EventColumns.TIME,
                FieldType.notNullable(new ArrowType.Timestamp(TimeUnit.MICROSECOND, null)),
                null),
            new Field(KIND, FieldType.notNullable(ArrowType.Utf8.INSTANCE), null),
            new Field("sku", FieldType.nullable(id), null),
            new Field("url", FieldType.nullable(id), null),
            new Field("query", FieldType.nullable(ArrowType.Utf8.INSTANCE), null)));
  }

  /**
   * Checks names and types.
   *
   * @throws PluginException INVALID_DATA that says what was wanted and what came
   */
  static void require(Schema schema) {
    List<Field> fields = schema.getFields();
    Set<String> names = new HashSet<>();
    boolean fits = fields.stream().allMatch(field -> names.add(field.getName()) && fits(field));
    if (!fits || !names.containsAll(NEEDED)) {
      throw invalid("wanted the columns %s; found %s".formatted(WANTED, described(fields)));
    }
  }

  /** The kind of a table's name. */
  static EventKind kind(String name, int row) {
    EventKind kind = KINDS.get(name);
    if (kind == null) {
      throw invalid(
          "column %s, row %d (from 0): wanted one of %s, found '%s'"
              .formatted(
                  KIND,
                  row,
                  Arrays.stream(EventKind.values())
                      .map(EventKind::tableName)
                      .collect(Collectors.joining(", ")),
                  name));
    }
    return kind;
  }

  static PluginException invalid(String message) {
    return new PluginException(ErrorCode.INVALID_DATA, message);
  }

  private static boolean fits(Field field) {
    ArrowType type = field.getType();
    return field.getDictionary() == null
        && switch (field.getName()) {
          case EventColumns.CLIENT, "sku", "url" -> type.equals(new ArrowType.Int(Long.SIZE, true));
          case EventColumns.TIME -> type instanceof ArrowType.Timestamp || TextBatch.isText(type);
          case KIND, "query" -> TextBatch.isText(type);
          default -> false;
        };
  }

  private static String described(List<Field> fields) {
    return fields.isEmpty()
        ? "none"
        : fields.stream()
            .map(
                field ->
                    field.getName()
                        + (field.getDictionary() == null ? " " : " dictionary-encoded ")
                        + TypeNames.of(field.getType()))
            .collect(Collectors.joining(", "));
  }
}
