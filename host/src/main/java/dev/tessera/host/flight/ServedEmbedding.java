package dev.tessera.host.flight;

import dev.tessera.api.EmbeddingBatch;
import dev.tessera.api.Embeddings;
import dev.tessera.client.ColumnNames;
import dev.tessera.client.EmbeddingInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * An embedding under the name that clients ask for, with its schema on the wire: {@code client_id
 * int64, embedding fixed_size_list<float32>[D]}. A null embedding marks a client that the embedding
 * does not have. Immutable; the batches are lent by whoever opened them, for the server's life.
 */
public final class ServedEmbedding {

  /** The key of the schema's metadata that tells the version; absent if there are none. */
  public static final String VERSION_KEY = "tessera.version";

  /** The key of the schema's metadata that names the content: equal keys, equal rows. */
  static final String KEY_KEY = "tessera.key";

  private final String name;
  private final Embeddings embeddings;
  private final Schema schema;
  private final ClientIndex index;
  private final PrincipalColumns principal;

  /**
   * Names an embedding.
   *
   * @param name not empty; what clients ask for, perhaps other than the embedding's own name
   * @param metadata about where it came from (run, plugin versions); sent with the schema
   */
  public ServedEmbedding(String name, Embeddings embeddings, Map<String, String> metadata) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("an embedding that is served needs a name");
    }
    this.name = name;
    this.embeddings = embeddings;
    this.schema = schema(name, embeddings, metadata);
    this.index = new ClientIndex(embeddings.batches());
    this.principal = new PrincipalColumns(embeddings.batches());
  }

  private ServedEmbedding(String name, ServedEmbedding other) {
    this.name = name;
    this.embeddings = other.embeddings;
    this.schema = schema(name, embeddings, other.schema.getCustomMetadata());
    this.index = other.index;
    this.principal = other.principal;
  }

  /** The same under another name. */
  ServedEmbedding named(String other) {
    return new ServedEmbedding(other, this);
  }

  /** What clients ask for. */
  public String name() {
    return name;
  }

  /** D. */
  public int dimension() {
    return embeddings.dimension();
  }

  /** The number of clients. */
  public long rows() {
    return embeddings.rows();
  }

  /** All rows, ascending clients. */
  List<EmbeddingBatch> batches() {
    return embeddings.batches();
  }

  /** The schema of every stream of this embedding. */
  Schema schema() {
    return schema;
  }

  /** D names, or empty. */
  List<String> columnNames() {
    return embeddings.columnNames();
  }

  /** The version's number; empty if it has none. */
  Optional<Integer> version() {
    return Optional.ofNullable(schema.getCustomMetadata().get(VERSION_KEY)).map(Integer::valueOf);
  }

  /** What names the content; empty if it is not known. */
  String key() {
    return schema.getCustomMetadata().getOrDefault(KEY_KEY, "");
  }

  /** The principal components of its vectors, found when they are first asked for. */
  PrincipalColumns principal() {
    return principal;
  }

  /** Where each client's row is. */
  ClientIndex index() {
    return index;
  }

  private static Schema schema(String name, Embeddings embeddings, Map<String, String> metadata) {
    Map<String, String> all = new LinkedHashMap<>(metadata);
    all.put(EmbeddingInfo.NAME_KEY, name);
    if (!embeddings.columnNames().isEmpty()) {
      all.put(ColumnNames.METADATA_KEY, ColumnNames.encode(embeddings.columnNames()));
    }
    return schema(embeddings.dimension(), FloatingPointPrecision.SINGLE, all);
  }

  /** The schema on the wire of vectors of a dimension and type. */
  static Schema schema(
      int dimension, FloatingPointPrecision precision, Map<String, String> metadata) {
    Field clientId =
        new Field(
            EmbeddingBatch.CLIENT_ID, FieldType.notNullable(new ArrowType.Int(64, true)), null);
    Field item =
        new Field("item", FieldType.notNullable(new ArrowType.FloatingPoint(precision)), null);
    Field embedding =
        new Field(
            EmbeddingBatch.EMBEDDING,
            FieldType.nullable(new ArrowType.FixedSizeList(dimension)),
            List.of(item));
    return new Schema(List.of(clientId, embedding), metadata);
  }
}
