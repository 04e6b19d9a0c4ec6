package dev.tessera.neural;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Names and values in a text file, {@code name = value} a line: what a checkpoint or a saved model
 * was made with, to be compared with what it is wanted for.
 *
 * @param values by name, in order; without line breaks
 */
public record Facts(Map<String, String> values) {

  /** Copies, keeping order. */
  public Facts {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** The components of a record, by their names. */
  public static Facts of(Record config) {
    Map<String, String> values = new LinkedHashMap<>();
    for (RecordComponent component : config.getClass().getRecordComponents()) {
      try {
        component.getAccessor().setAccessible(true);
        values.put(
            kebab(component.getName()), String.valueOf(component.getAccessor().invoke(config)));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(component + " cannot be read", e);
      }
    }
    return new Facts(values);
  }

  private static String kebab(String camel) {
    return camel.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(java.util.Locale.ROOT);
  }

  /** These and one more (or another value for one). */
  public Facts with(String name, Object value) {
    Map<String, String> more = new LinkedHashMap<>(values);
    more.put(name, String.valueOf(value));
    return new Facts(more);
  }

  /** These and others (or other values for those of the same names). */
  public Facts with(Facts others) {
    Map<String, String> more = new LinkedHashMap<>(values);
    more.putAll(others.values);
    return new Facts(more);
  }

  /** Only those of some names. */
  public Facts only(List<String> names) {
    Map<String, String> some = new LinkedHashMap<>(values);
    some.keySet().retainAll(names);
    return new Facts(some);
  }

  /** The value of a name; an empty text if there is none. */
  public String text(String name) {
    return values.getOrDefault(name, "");
  }

  /** The value of a name as a number. */
  public double number(String name) {
    return Double.parseDouble(text(name));
  }

  /** The value of a name as a whole number. */
  public long whole(String name) {
    return Long.parseLong(text(name));
  }

  /**
   * Checks that another record of facts says the same wherever this one says something.
   *
   * @param found the facts of a file
   * @param where what the file is, for the message
   * @throws PluginException with {@link ErrorCode#INCOMPATIBLE_MODEL} that names the first
   *     difference
   */
  public void requireSame(Facts found, String where) {
    for (Map.Entry<String, String> wanted : values.entrySet()) {
      String value = found.values.get(wanted.getKey());
      if (!wanted.getValue().equals(value)) {
        throw new PluginException(
            ErrorCode.INCOMPATIBLE_MODEL,
            "%s was made with %s %s, wanted %s"
                .formatted(
                    where, wanted.getKey(), value == null ? "unsaid" : value, wanted.getValue()));
      }
    }
  }

  /** Writes a file. */
  public void write(Path file) {
    try {
      Files.write(
          file,
          values.entrySet().stream().map(fact -> fact.getKey() + " = " + fact.getValue()).toList());
    } catch (IOException e) {
      throw new PluginException(ErrorCode.IO, file + ": cannot be written: " + e.getMessage(), e);
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws PluginException with {@link ErrorCode#IO} if the file is missing or unreadable
   */
  public static Facts read(Path file) {
    Map<String, String> values = new LinkedHashMap<>();
    try (Stream<String> lines = Files.lines(file)) {
      lines.forEach(
          line -> {
            int equals = line.indexOf(" = ");
            if (equals >= 0) {
              values.put(line.substring(0, equals), line.substring(equals + 3));
            }
          });
    } catch (IOException | java.io.UncheckedIOException e) {
      throw new PluginException(ErrorCode.IO, file + ": cannot be read: " + e.getMessage(), e);
    }
    return new Facts(values);
  }
}
