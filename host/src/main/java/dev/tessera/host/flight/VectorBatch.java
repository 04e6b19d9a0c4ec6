package dev.tessera.host.flight;

import dev.tessera.api.EmbeddingBatch;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;

/** One batch of about a megabyte of vectors, filled row by row again and again. */
final class VectorBatch implements AutoCloseable {

  private final long vectorBytes;
  private final int capacity;
  private final BufferAllocator allocator;
  private final VectorSchemaRoot root;
  private final BigIntVector clientIds;
  private final SentVectors embeddings;

  /**
   * An empty batch.
   *
   * @param schema of ids and vectors, see {@link ServedEmbedding#schema}
   * @param dimension D
   * @param valueBytes of one of a vector's D values
   * @param parent of the allocator that this has for itself
   */
  VectorBatch(String name, Schema schema, int dimension, int valueBytes, BufferAllocator parent) {
    this.vectorBytes = (long) valueBytes * dimension;
    this.capacity = BatchSize.lookUpRows(vectorBytes);
    allocator = parent.newChildAllocator("rows of " + name, 0, Long.MAX_VALUE);
    root = SentVectors.root(schema, valueBytes, allocator);
    clientIds = (BigIntVector) root.getVector(EmbeddingBatch.CLIENT_ID);
    embeddings = (SentVectors) root.getVector(EmbeddingBatch.EMBEDDING);
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

  /** Makes room for rows, each of which is then to be put. */
  void begin(int rows) {
    if (clientIds.getValueCapacity() < rows) {
      embeddings.allocate(rows);
      clientIds.allocateNew(rows);
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
    return embeddings.values();
  }

  /** Marks a client that the embedding does not have. */
  void putUnknown(int row, long clientId) {
    clientIds.set(row, clientId);
    embeddings.setNull(row);
    embeddings.values().setZero(row * vectorBytes, vectorBytes);
  }

  /** The batch has that many rows now. */
  void end(int rows) {
    root.setRowCount(rows);
  }

  @Override
  public void close() {
    root.close();
    allocator.close();
  }
}
