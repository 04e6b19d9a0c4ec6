package dev.tessera.host.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tessera.api.PluginException;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Configuration records as JSON: kebab-case keys in the order of the components, every value
 * written out, so that equal records give equal text. Used in cache keys and kept beside models.
 */
public final class RecordJson {

  private final JsonGenerator out;

  private RecordJson(JsonGenerator out) {
    this.out = out;
  }

  /** The one rendering of a record, on one line. */
  public static String write(Record record) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = new JsonFactory().createGenerator(text)) {
      new RecordJson(generator).value(record);
    } catch (IOException e) {
      throw new IllegalStateException("text in memory cannot fail to be written", e);
    }
    return text.toString();
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @param subject the plugin's id, for messages
   * @param where the file that holds the text, for messages
   * @throws PluginException INVALID_CONFIG if it does not fit the type
   */
  public static <C extends Record> C read(String json, Class<C> type, String subject, Path where) {
    ConfigNode node = NodeReader.json(json, where);
    if (!(node instanceof ConfigMap map)) {
      throw ConfigErrors.at(subject, "must be a JSON object, was " + node.describe(), node);
    }
    return new RecordBinder(subject).bind(map, type).record();
  }

  private void value(Object value) throws IOException {
    if (value instanceof Record record) {
      record(record);
    } else if (value instanceof List<?> list) {
      out.writeStartArray();
      for (Object item : list) {
        value(item);
      }
      out.writeEndArray();
    } else if (value instanceof Map<?, ?> map) {
      out.writeStartObject();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        out.writeFieldName(
            entry.getKey() instanceof Enum<?> key ? Names.of(key) : (String) entry.getKey());
        value(entry.getValue());
      }
      out.writeEndObject();
    } else {
      scalar(value);
    }
  }

  private void scalar(Object value) throws IOException {
    if (value instanceof Integer || value instanceof Long) {
      out.writeNumber(((Number) value).longValue());
    } else if (value instanceof Double number) {
      out.writeNumber(number);
    } else if (value instanceof Boolean flag) {
      out.writeBoolean(flag);
    } else {
      out.writeString(value instanceof Enum<?> constant ? Names.of(constant) : (String) value);
    }
  }

  private void record(Record record) throws IOException {
    out.writeStartObject();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      out.writeFieldName(Names.kebab(component.getName()));
      value(read(record, component.getAccessor()));
    }
    out.writeEndObject();
  }

  private static Object read(Record record, Method accessor) {
    try {
      accessor.setAccessible(true);
      return accessor.invoke(record);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("cannot read " + accessor, e);
    }
  }
}
