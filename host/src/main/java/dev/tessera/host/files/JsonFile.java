package dev.tessera.host.files;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonMappingException.Reference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.FileFault;
import dev.tessera.api.PluginException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Files of JSON that this program writes; it says in plain words what has become of them. */
public final class JsonFile {

  private JsonFile() {}

  /**
   * The content of a file.
   *
   * @param wanted what the file is to be, {@code a run's manifest}
   * @param advice what the user can do if it is not that
   * @throws PluginException INVALID_DATA if it is something else, IO if it cannot be read
   */
  public static <T> T read(
      ObjectMapper mapper, Path file, Class<T> type, String wanted, String advice) {
    try {
      T content = mapper.readValue(file.toFile(), type);
      if (content == null) {
        throw other(file, wanted, "null", advice, null);
      }
      return content;
    } catch (JsonProcessingException e) {
      throw other(file, wanted, found(e), advice, e);
    } catch (IOException e) {
      throw FileFault.of(file, "cannot be read", e);
    }
  }

  /**
   * Writes a file, which appears whole.
   *
   * @throws PluginException IO if it cannot be written
   */
  public static void write(ObjectMapper mapper, Path file, Object content) {
    Path aside = file.resolveSibling(file.getFileName() + ".tmp");
    try {
      mapper.writeValue(aside.toFile(), content);
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw FileFault.of(file, "cannot be written", e);
    }
  }

  private static PluginException other(
      Path file, String wanted, String found, String advice, Exception cause) {
    return new PluginException(
        ErrorCode.INVALID_DATA,
        "%s: wanted %s, found %s; %s".formatted(file, wanted, found, advice),
        cause);
  }

  /** Where it goes wrong; how a parser calls that is of no use to who did not write the file. */
  private static String found(JsonProcessingException e) {
    JsonLocation place = e.getLocation();
    String where =
        place == null || place.getLineNr() < 1
            ? ""
            : " at line %d, column %d".formatted(place.getLineNr(), place.getColumnNr());
    Throwable syntax = e instanceof JsonMappingException && e.getCause() != null ? e.getCause() : e;
    if (syntax instanceof JsonEOFException || isEmpty(e)) {
      return "an end too early" + where;
    }
    if (e instanceof JsonMappingException mapping && !(syntax instanceof JsonParseException)) {
      String key = key(mapping);
      return key.isEmpty() ? "other JSON" + where : "no fitting value of '" + key + "'" + where;
    }
    return "no JSON" + where;
  }

  private static boolean isEmpty(JsonProcessingException e) {
    return e instanceof JsonMappingException mapping
        && mapping.getPath().isEmpty()
        && mapping.getOriginalMessage().startsWith("No content");
  }

  /** {@code steps[2].status}. */
  private static String key(JsonMappingException e) {
    StringBuilder key = new StringBuilder();
    for (Reference part : e.getPath()) {
      if (part.getFieldName() == null) {
        key.append('[').append(part.getIndex()).append(']');
      } else {
        key.append(key.isEmpty() ? "" : ".").append(part.getFieldName());
      }
    }
    return key.toString();
  }
}
