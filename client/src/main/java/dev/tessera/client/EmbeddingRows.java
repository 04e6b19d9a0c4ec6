package dev.tessera.client;

import dev.tessera.api.EmbeddingBatch;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.Float2Vector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;

/**
 * Some rows of a server's answer. Lent for the call that hands it over: keep = copy.
 *
 * @param clientIds [rows] as they were asked for, or ascending if all were; no nulls
 * @param embeddings [rows] lists of D floats, or half floats if those were asked for; null where
 *     the server does not know the client
 */
public record EmbeddingRows(BigIntVector clientIds, FixedSizeListVector embeddings) {

  /** The rows of a batch; they live as long as its root. */
  public static EmbeddingRows of(VectorSchemaRoot root) {
    return new EmbeddingRows(
        (BigIntVector) root.getVector(EmbeddingBatch.CLIENT_ID),
        (FixedSizeListVector) root.getVector(EmbeddingBatch.EMBEDDING));
  }

  /** The number of rows. */
  public int size() {
    return clientIds.getValueCount();
  }

  /** The id of a row. */
  public long clientId(int row) {
    return clientIds.get(row);
  }

  /** Whether the server does not know the client of a row. */
  public boolean isUnknown(int row) {
    return embeddings.isNull(row);
  }

  /** How many rows are of clients that the server does not know. */
  public int unknown() {
    return embeddings.getNullCount();
  }

  /**
   * Copies a known client's vector.
   *
   * @param target [D] takes it; half floats are widened
   * @throws IllegalArgumentException if {@code target} is not D long
   */
  public void copyVector(int row, float[] target) {
    int dimension = embeddings.getListSize();
    if (target.length != dimension) {
      throw new IllegalArgumentException(
          "wanted a target of %d floats, as many as the embedding has, found one of %d"
              .formatted(dimension, target.length));
    }
    if (embeddings.getDataVector() instanceof Float2Vector halves) {
      int first = row * dimension;
      for (int column = 0; column < dimension; column++) {
        target[column] = halves.getValueAsFloat(first + column);
      }
      return;
    }
    ArrowBuf values = ((Float4Vector) embeddings.getDataVector()).getDataBuffer();
    long first = (long) row * dimension * Float.BYTES;
    for (int column = 0; column < dimension; column++) {
      target[column] = values.getFloat(first + (long) column * Float.BYTES);
    }
  }
}
