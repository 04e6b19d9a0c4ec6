package dev.tessera.host.flight;

import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;

/**
 * The rows of some clients, in the order asked for and as often; a client that the embedding does
 * not have gets a null vector.
 */
final class LookUp implements ExchangeSource {

  private final EmbeddingView view;
  private final ClientIndex index;
  private final VectorBatch batch;
  private long[] wanted;
  private int next;

  /**
   * Starts before the first id.
   *
   * @param wanted ids in any order, also repeated ones; lent, not written
   * @param parent of the allocator that this call has for itself
   */
  LookUp(EmbeddingView view, long[] wanted, BufferAllocator parent) {
    this.view = view;
    this.index = view.embedding().index();
    this.wanted = wanted;
    this.batch = VectorBatch.of(view, parent);
  }

  /** Goes on with the ids of a batch, whose one column they are. */
  @Override
  public void take(VectorSchemaRoot ids, DictionaryProvider dictionaries) {
    wanted = ids(ids);
    next = 0;
  }

  private static long[] ids(VectorSchemaRoot batch) {
    FieldVector column = batch.getFieldVectors().isEmpty() ? null : batch.getVector(0);
    if (!(column instanceof BigIntVector ids)
        || column.getField().getDictionary() != null
        || batch.getFieldVectors().size() != 1) {
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
    return batch.root();
  }

  @Override
  public boolean next() {
    int rows = Math.min(batch.capacity(), wanted.length - next);
    if (rows <= 0) {
      return false;
    }
    batch.begin(rows);
    for (int row = 0; row < rows; row++) {
      long clientId = wanted[next++];
      long place = index.find(clientId);
      if (place == ClientIndex.UNKNOWN) {
        batch.putUnknown(row, clientId);
      } else {
        long at = batch.put(row, clientId);
        view.write(index.batch(place), index.row(place), batch.vectors(), at);
      }
    }
    batch.end(rows);
    return true;
  }

  @Override
  public boolean outlivesCall() {
    return false;
  }

  @Override
  public void close() {
    batch.close();
  }
}
