package dev.tessera.client;

import dev.tessera.api.EmbeddingBatch;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * What a server says of an embedding.
 *
 * @param dimension D
 * @param rows the number of clients
 * @param bytes what a stream of all rows takes, without headers
 * @param columnNames D names, or empty
 * @param schema of its streams
 * @param parts tickets that together give all rows, in order; each can be used again
 */
public record EmbeddingInfo(
    String name, int dimension, long rows, long bytes, Schema schema, List<Ticket> parts) {

  /** Key of the name in a schema's metadata. */
  public static final String NAME_KEY = "tessera.embedding";

  /** One ticket for all rows, of the version and content that the parts are of. */
  Ticket whole() {
    return parts.isEmpty()
        ? EmbeddingRequest.whole(name).ticket()
        : EmbeddingRequest.parse(parts.get(0)).allRows().ticket();
  }

  /** D names, or empty. */
  public List<String> columnNames() {
    return ColumnNames.of(schema);
  }

  /** Where it came from, as the server's run wrote it. */
  public Map<String, String> metadata() {
    return schema.getCustomMetadata();
  }

  /**
   * Reads a server's answer.
   *
   * @throws IllegalArgumentException if it is no embedding: says what was wanted and found
   */
  static EmbeddingInfo of(FlightInfo info) {
    Schema schema =
        info.getSchemaOptional()
            .orElseThrow(() -> new IllegalArgumentException("the server sent no schema"));
    return new EmbeddingInfo(
        schema.getCustomMetadata().getOrDefault(NAME_KEY, ""),
        dimension(schema),
        info.getRecords(),
        info.getBytes(),
        schema,
        info.getEndpoints().stream().map(FlightEndpoint::getTicket).toList());
  }

  private static int dimension(Schema schema) {
    List<Field> fields = schema.getFields();
    if (fields.size() == 2
        && fields.get(0).getName().equals(EmbeddingBatch.CLIENT_ID)
        && fields.get(1).getName().equals(EmbeddingBatch.EMBEDDING)
        && fields.get(1).getType() instanceof ArrowType.FixedSizeList list) {
      return list.getListSize();
    }
    throw new IllegalArgumentException(
        "wanted client_id and embedding (a fixed-size list), the server has " + schema);
  }
}
