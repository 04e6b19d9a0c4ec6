package dev.tessera.api;

import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.complex.FixedSizeListVector;

/**
 * Some rows of an embedding: {@code client_id int64} and {@code embedding
 * fixed_size_list<float32>[D]}. Lent for the call that hands it over: keep = copy. Read-only.
 *
 * @param clientIds [rows] strictly ascending, no nulls
 * @param embeddings [rows] lists of D floats, no nulls
 */
public record EmbeddingBatch(BigIntVector clientIds, FixedSizeListVector embeddings) {

  /** The name of the id column in files and on the wire. */
  public static final String CLIENT_ID = "client_id";

  /** The name of the vector column in files and on the wire. */
  public static final String EMBEDDING = "embedding";

  /** Checks that both columns have the same number of rows. */
  public EmbeddingBatch {
    if (clientIds.getValueCount() != embeddings.getValueCount()) {
      throw new IllegalArgumentException(
          "%d client ids but %d embeddings"
              .formatted(clientIds.getValueCount(), embeddings.getValueCount()));
    }
  }

  /** The number of clients in the batch. */
  public int rows() {
    return clientIds.getValueCount();
  }

  /** D. */
  public int dimension() {
    return embeddings.getListSize();
  }

  /** [rows · D] all values, row after row. */
  public Float4Vector values() {
    return (Float4Vector) embeddings.getDataVector();
  }

  /** Copies row {@code row} into {@code target[0 … D-1]}. */
  public void copyRow(int row, float[] target) {
    Float4Vector values = values();
    int first = row * dimension();
    for (int column = 0; column < dimension(); column++) {
      target[column] = values.get(first + column);
    }
  }
}
