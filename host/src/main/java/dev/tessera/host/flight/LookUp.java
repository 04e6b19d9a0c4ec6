package dev.tessera.host.flight;

import dev.tessera.api.EmbeddingBatch;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;

/**
 * The rows of some clients, in the order asked for and as often; a client that the embedding does
 * not have gets a null vector. One batch of about a megabyte is kept and filled again.
 */
final class LookUp implements ExchangeSource {

  private final ServedEmbedding embedding;
  private final int capacity;
  private final BufferAllocator allocator;
  private final VectorSchemaRoot root;
  private final BigIntVector clientIds;
  private final FixedSizeListVector embeddings;
  private final Float4Vector values;
  private long[] wanted;
  private int next;

  /**
   * Starts before the first id.
   *
   * @param wanted ids in any order, also repeated ones; lent, not written
   * @param parent of the allocator that this call has for itself
   */
  LookUp(ServedEmbedding embedding, long[] wanted, BufferAllocator parent) {
    this.embedding = embedding;
    this.wanted = wanted;
    this.capacity = BatchSize.lookUpRows(embedding.dimension());
    allocator = parent.newChildAllocator("look-up in " + embedding.name(), 0, Long.MAX_VALUE);
    root = VectorSchemaRoot.create(embedding.schema(), allocator);
    clientIds = (BigIntVector) root.getVector(EmbeddingBatch.CLIENT_ID);
    embeddings = (FixedSizeListVector) root.getVector(EmbeddingBatch.EMBEDDING);
    values = (Float4Vector) embeddings.getDataVector();
  }

  /** The bytes of all messages' buffers for a number of ids. */
  static long bytes(ServedEmbedding embedding, int ids) {
    int capacity = BatchSize.lookUpRows(embedding.dimension());
    return ids / capacity * BatchSize.bytes(capacity, embedding.dimension())
        + BatchSize.bytes(ids % capacity, embedding.dimension());
  }

  /** Goes on with the ids of a batch, whose one column they are. */
  @Override
  public void take(VectorSchemaRoot batch) {
    wanted = ids(batch);
    next = 0;
  }

  private static long[] ids(VectorSchemaRoot batch) {
    FieldVector column = batch.getFieldVectors().isEmpty() ? null : batch.getVector(0);
    if (!(column instanceof BigIntVector ids) || batch.getFieldVectors().size() != 1) {
      throw FlightFailures.invalid(
          "wanted batches with one column client_id of int64, found " + batch.getSchema());
    }
    long[] copy = new long[ids.getValueCount()];
    for (int i = 0; i < copy.length; i++) {
      if (ids.isNull(i)) {
        throw FlightFailures.invalid("client_id must not be null, row %d is".formatted(i));
      }
      copy[i] = ids.get(i);
    }
    return copy;
  }

  @Override
  public VectorSchemaRoot root() {
    return root;
  }

  @Override
  public boolean next() {
    int rows = Math.min(capacity, wanted.length - next);
    if (rows <= 0) {
      return false;
    }
    allocate(rows);
    for (int row = 0; row < rows; row++) {
      fill(row, wanted[next++]);
    }
    clientIds.setValueCount(rows);
    values.setValueCount(rows * embedding.dimension());
    embeddings.setValueCount(rows);
    root.setRowCount(rows);
    return true;
  }

  /** Makes room for the rows; every value is written or zero, and none of them is null. */
  private void allocate(int rows) {
    if (clientIds.getValueCapacity() < rows) {
      embeddings.setInitialCapacity(rows);
      embeddings.allocateNew();
      clientIds.allocateNew(rows);
      values.getValidityBuffer().setOne(0, values.getValidityBuffer().capacity());
    }
  }

  private void fill(int row, long clientId) {
    clientIds.set(row, clientId);
    long vectorBytes = (long) Float.BYTES * embedding.dimension();
    long place = embedding.index().find(clientId);
    if (place == ClientIndex.UNKNOWN) {
      embeddings.setNull(row);
      values.getDataBuffer().setZero(row * vectorBytes, vectorBytes);
      return;
    }
    embeddings.setNotNull(row);
    EmbeddingBatch batch = embedding.index().batch(place);
    long from = embedding.index().row(place) * vectorBytes;
    values
        .getDataBuffer()
        .setBytes(row * vectorBytes, batch.values().getDataBuffer(), from, vectorBytes);
  }

  @Override
  public boolean outlivesCall() {
    return false;
  }

  @Override
  public void close() {
    root.close();
    allocator.close();
  }
}
