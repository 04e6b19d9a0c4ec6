package dev.tessera.host.flight;

import dev.tessera.api.EmbeddingBatch;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.types.pojo.Schema;

/** One batch of about a megabyte of vectors, filled row by row again and again. */
final class VectorBatch implements AutoCloseable {

  private final int dimension;
  private final long vectorBytes;
  private final int capacity;
  private final BufferAllocator allocator;
  private final VectorSchemaRoot root;
  private final BigIntVector clientIds;
  private final FixedSizeListVector embeddings;
  private final FieldVector values;

  /**
   * An empty batch.
   *
   * @param schema of ids and vectors, see {@link ServedEmbedding#schema}
   * @param dimension D
   * @param valueBytes of one of a vector's D values
   * @param parent of the allocator that this has for itself
   */
  VectorBatch(String name, Schema schema, int dimension, int valueBytes, BufferAllocator parent) {
    this.dimension = dimension;
    this.vectorBytes = (long) valueBytes * dimension;
    this.capacity = BatchSize.lookUpRows(vectorBytes);
    allocator = parent.newChildAllocator("rows of " + name, 0, Long.MAX_VALUE);
    root = VectorSchemaRoot.create(schema, allocator);
    clientIds = (BigIntVector) root.getVector(EmbeddingBatch.CLIENT_ID);
    embeddings = (FixedSizeListVector) root.getVector(EmbeddingBatch.EMBEDDING);
    values = embeddings.getDataVector();
  }

  /** An empty batch of what a view shows. */
  static VectorBatch of(EmbeddingView view, BufferAllocator parent) {
    return new VectorBatch(
        view.embedding().name(), view.schema(), view.dimension(), view.valueBytes(), parent);
  }

  /** The bytes of all batches' buffers for a number of rows. */
  static long bytes(EmbeddingView view, long rows) {
    int capacity = BatchSize.lookUpRows(view.vectorBytes());
    return rows / capacity * BatchSize.bytes(capacity, view.dimension(), view.valueBytes())
        + BatchSize.bytes(rows % capacity, view.dimension(), view.valueBytes());
  }

  VectorSchemaRoot root() {
    return root;
  }

  /** The most rows that it takes. */
  int capacity() {
    return capacity;
  }

  /** Makes room for rows; every value is then written or zero, and none of them is null. */
  void begin(int rows) {
    if (clientIds.getValueCapacity() < rows) {
      embeddings.setInitialCapacity(rows);
      embeddings.allocateNew();
      clientIds.allocateNew(rows);
      ArrowBuf validity = values.getValidityBuffer();
      validity.setOne(0, validity.capacity());
    }
  }

  /**
   * Names a row's client, whose vector is then to be written to {@link #vectors}, from this byte.
   */
  long put(int row, long clientId) {
    clientIds.set(row, clientId);
    embeddings.setNotNull(row);
    return row * vectorBytes;
  }

  /** The vectors' values, row after row; valid until the next {@link #begin}. */
  ArrowBuf vectors() {
    return values.getDataBuffer();
  }

  /** Marks a client that the embedding does not have. */
  void putUnknown(int row, long clientId) {
    clientIds.set(row, clientId);
    embeddings.setNull(row);
    values.getDataBuffer().setZero(row * vectorBytes, vectorBytes);
  }

  /** The batch has that many rows now. */
  void end(int rows) {
    clientIds.setValueCount(rows);
    values.setValueCount(rows * dimension);
    embeddings.setValueCount(rows);
    root.setRowCount(rows);
  }

  @Override
  public void close() {
    root.close();
    allocator.close();
  }
}
