package dev.tessera.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;

/** The column names in a schema's metadata: a JSON array, so that any name can be in it. */
public final class ColumnNames {

  /** Key of the D names in the metadata; absent if there are none. */
  public static final String METADATA_KEY = "tessera.columns";

  private static final ObjectMapper JSON = new ObjectMapper();

  private ColumnNames() {}

  /** The metadata's value for some names. */
  public static String encode(List<String> names) {
    try {
      return JSON.writeValueAsString(names);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names in a schema; empty if it has none. */
  public static List<String> of(Schema schema) {
    String json = schema.getCustomMetadata().get(METADATA_KEY);
    try {
      return json == null ? List.of() : JSON.readValue(json, new TypeReference<List<String>>() {});
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
