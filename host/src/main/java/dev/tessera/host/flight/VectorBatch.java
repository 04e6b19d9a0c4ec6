package dev.tessera.host.flight;

import dev.tessera.api.EmbeddingBatch;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;

/** One batch of about a megabyte of an embedding's vectors, filled row by row again and again. */
final class VectorBatch implements AutoCloseable {

  private final EmbeddingView view;
  private final int capacity;
  private final BufferAllocator allocator;
  private final VectorSchemaRoot root;
  private final BigIntVector clientIds;
  private final FixedSizeListVector embeddings;
  private final FieldVector values;

  /**
   * An empty batch.
   *
   * @param parent of the allocator that this has for itself
   */
  VectorBatch(EmbeddingView view, BufferAllocator parent) {
    this.view = view;
    this.capacity = BatchSize.lookUpRows(view.vectorBytes());
    allocator = parent.newChildAllocator("rows of " + view.embedding().name(), 0, Long.MAX_VALUE);
    root = VectorSchemaRoot.create(view.schema(), allocator);
    clientIds = (BigIntVector) root.getVector(EmbeddingBatch.CLIENT_ID);
    embeddings = (FixedSizeListVector) root.getVector(EmbeddingBatch.EMBEDDING);
    values = embeddings.getDataVector();
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

  /** Writes a client's vector, which is a row of one of the embedding's batches. */
  void put(int row, long clientId, EmbeddingBatch batch, int rowInBatch) {
    clientIds.set(row, clientId);
    embeddings.setNotNull(row);
    view.write(batch, rowInBatch, values.getDataBuffer(), row * view.vectorBytes());
  }

  /** Marks a client that the embedding does not have. */
  void putUnknown(int row, long clientId) {
    clientIds.set(row, clientId);
    embeddings.setNull(row);
    values.getDataBuffer().setZero(row * view.vectorBytes(), view.vectorBytes());
  }

  /** The batch has that many rows now. */
  void end(int rows) {
    clientIds.setValueCount(rows);
    values.setValueCount(rows * view.dimension());
    embeddings.setValueCount(rows);
    root.setRowCount(rows);
  }

  @Override
  public void close() {
    root.close();
    allocator.close();
  }
}
