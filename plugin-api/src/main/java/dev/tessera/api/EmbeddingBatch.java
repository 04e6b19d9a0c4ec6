package dev.tessera.api;

import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.FieldType;

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

  private static final ArrowType FLOAT32 =
      new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);

  /** Checks that both columns have the same number of rows. */
  public EmbeddingBatch {
    if (clientIds.getValueCount() != embeddings.getValueCount()) {
      throw new IllegalArgumentException(
          "%d client ids but %d embeddings"
              .formatted(clientIds.getValueCount(), embeddings.getValueCount()));
    }
  }

  /**
   * A batch to be filled by {@code clientIds().set} and {@code values().set}. The caller closes
   * both vectors.
   *
   * @param rows none of them null; ids and values are undefined until they are set
   * @param dimension D, at least 1
   */
  public static EmbeddingBatch allocate(BufferAllocator allocator, int rows, int dimension) {
    BigIntVector clientIds = new BigIntVector(CLIENT_ID, allocator);
    FixedSizeListVector embeddings = FixedSizeListVector.empty(EMBEDDING, dimension, allocator);
    try {
      Float4Vector values =
          (Float4Vector) embeddings.addOrGetVector(FieldType.notNullable(FLOAT32)).getVector();
      clientIds.allocateNew(rows);
      embeddings.setInitialCapacity(rows);
      values.allocateNew(rows * dimension);
      embeddings.allocateNew();
      for (int row = 0; row < rows; row++) {
        embeddings.setNotNull(row);
      }
      clientIds.setValueCount(rows);
      values.setValueCount(rows * dimension);
      embeddings.setValueCount(rows);
      return new EmbeddingBatch(clientIds, embeddings);
    } catch (RuntimeException | OutOfMemoryError e) {
      clientIds.close();
      embeddings.close();
      throw e;
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
