package dev.tessera.host.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tessera.api.EmbeddingBatch;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** The Arrow schema of an embedding, with what a reader wants to know in its metadata. */
public final class EmbeddingSchema {

  /** Metadata key: the step's name. */
  public static final String STEP = "tessera.step";

  /** Metadata key: a JSON array of D column names; absent if the columns have none. */
  public static final String COLUMNS = "tessera.columns";

  private static final ObjectMapper JSON = new ObjectMapper();

  private EmbeddingSchema() {}

  /** The schema of an embedding of dimension D. */
  public static Schema of(String step, int dimension, List<String> columnNames) {
    return new Schema(
        List.of(
            required(EmbeddingBatch.CLIENT_ID, new ArrowType.Int(64, true), List.of()),
            required(
                EmbeddingBatch.EMBEDDING,
                new ArrowType.FixedSizeList(dimension),
                List.of(
                    required(
                        "element",
                        new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE),
                        List.of())))),
        metadata(step, columnNames));
  }

  /** The metadata of an embedding. */
  public static Map<String, String> metadata(String step, List<String> columnNames) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(STEP, step);
    if (!columnNames.isEmpty()) {
      try {
        metadata.put(COLUMNS, JSON.writeValueAsString(columnNames));
      } catch (JsonProcessingException e) {
        throw new UncheckedIOException(e);
      }
    }
    return metadata;
  }

  /** The column names in a schema's metadata; empty if there are none. */
  public static List<String> columnNames(Schema schema) {
    String columns = schema.getCustomMetadata().get(COLUMNS);
    if (columns == null) {
      return List.of();
    }
    try {
      return JSON.readValue(columns, new TypeReference<List<String>>() {});
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Field required(String name, ArrowType type, List<Field> children) {
    return new Field(name, FieldType.notNullable(type), children);
  }
}
