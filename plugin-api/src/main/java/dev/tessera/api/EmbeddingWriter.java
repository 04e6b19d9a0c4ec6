package dev.tessera.api;

import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.complex.FixedSizeListVector;

/**
 * Collects rows into Arrow batches and hands them to a sink: the easy way to write an embedding.
 *
 * <pre>{@code
 * try (EmbeddingWriter out = new EmbeddingWriter(context.allocator(), dimension, sink)) {
 *   for (…) out.write(clientId, vector);
 *   out.finish();
 * }
 * }</pre>
 *
 * <p>Holds one batch of about a megabyte, reused. Not safe for several threads.
 */
public final class EmbeddingWriter implements AutoCloseable {

  private static final int BATCH_BYTES = 1 << 20;

  private final EmbeddingSink sink;
  private final int dimension;
  private final int capacity;
  private final BigIntVector clientIds;
  private final FixedSizeListVector embeddings;
  private final Float4Vector values;
  private int rows;

  /**
   * Allocates the batch.
   *
   * @param dimension D, at least 1
   */
  public EmbeddingWriter(BufferAllocator allocator, int dimension, EmbeddingSink sink) {
    if (dimension < 1) {
      throw new IllegalArgumentException("dimension must be at least 1, was " + dimension);
    }
    this.sink = sink;
    this.dimension = dimension;
    this.capacity = Math.max(1, BATCH_BYTES / (Float.BYTES * dimension));
    EmbeddingBatch batch = EmbeddingBatch.allocate(allocator, capacity, dimension);
    this.clientIds = batch.clientIds();
    this.embeddings = batch.embeddings();
    this.values = batch.values();
  }

  /** Adds a row of D values; ids must come in ascending order. */
  public void write(long clientId, float[] vector) {
    write(clientId, vector, 0);
  }

  /** Adds a row of D values that start at {@code offset}; ids must come in ascending order. */
  public void write(long clientId, float[] vector, int offset) {
    clientIds.set(rows, clientId);
    embeddings.setNotNull(rows);
    int first = rows * dimension;
    for (int column = 0; column < dimension; column++) {
      values.set(first + column, vector[offset + column]);
    }
    if (++rows == capacity) {
      finish();
    }
  }

  /** Hands over the rows that wait. Without it, the last rows are dropped by {@link #close}. */
  public void finish() {
    if (rows == 0) {
      return;
    }
    clientIds.setValueCount(rows);
    values.setValueCount(rows * dimension);
    embeddings.setValueCount(rows);
    rows = 0;
    sink.accept(new EmbeddingBatch(clientIds, embeddings));
  }

  @Override
  public void close() {
    clientIds.close();
    embeddings.close();
  }
}
