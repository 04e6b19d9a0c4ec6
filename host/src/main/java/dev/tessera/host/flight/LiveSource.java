package dev.tessera.host.flight;

import dev.tessera.api.EmbeddingBatch;
import dev.tessera.api.PluginException;
import dev.tessera.host.data.EventBatch;
import dev.tessera.host.flight.LiveCatalog.LiveStep;
import dev.tessera.host.live.LiveVectors;
import java.util.concurrent.RejectedExecutionException;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;

/**
 * Answers batches of events with a vector for each of their clients, in the order in which the
 * clients come in the batch.
 */
final class LiveSource implements ExchangeSource {

  /** What one batch may hold; a client's events must be in one batch. */
  static final EventBatch.Limits LIMITS = new EventBatch.Limits(200_000, 10_000);

  /** Of the log, the vectors of all steps and one message; a call that needs more is refused. */
  private static final long MOST_BYTES = 512L << 20;

  private final LiveStep live;
  private final BufferAllocator allocator;
  private final VectorSchemaRoot root;
  private final BigIntVector clientIds;
  private final FixedSizeListVector embeddings;
  private final Float4Vector values;
  private final int capacity;
  private long[] wanted = new long[0];
  private int next;
  private LiveVectors vectors;

  /**
   * Waits for the first batch.
   *
   * @param parent of the allocator that this call has for itself
   */
  LiveSource(LiveStep live, BufferAllocator parent) {
    this.live = live;
    capacity = BatchSize.lookUpRows(live.step().dimension());
    allocator = parent.newChildAllocator("live " + live.step().name(), 0, MOST_BYTES);
    root = VectorSchemaRoot.create(live.schema(), allocator);
    clientIds = (BigIntVector) root.getVector(EmbeddingBatch.CLIENT_ID);
    embeddings = (FixedSizeListVector) root.getVector(EmbeddingBatch.EMBEDDING);
    values = (Float4Vector) embeddings.getDataVector();
  }

  @Override
  public void take(VectorSchemaRoot batch) throws InterruptedException {
    closeVectors();
    next = 0;
    try {
      EventBatch events = EventBatch.read(batch, LIMITS);
      vectors = live.run().embed(live.step(), events, allocator);
      wanted = events.clients();
    } catch (PluginException e) {
      throw failure(e);
    } catch (RejectedExecutionException e) {
      throw exhausted("too many live calls wait; try again later");
    } catch (OutOfMemoryException e) {
      throw exhausted("the batch needs too much memory; send fewer clients at once");
    }
  }

  private static RuntimeException failure(PluginException e) {
    return switch (e.code()) {
      case INVALID_DATA -> FlightFailures.invalid(e.getMessage());
      case OUT_OF_MEMORY -> exhausted(e.getMessage());
      case CANCELLED -> CallStatus.CANCELLED.withDescription(e.getMessage()).toRuntimeException();
      default -> e;
    };
  }

  private static FlightRuntimeException exhausted(String message) {
    return CallStatus.RESOURCE_EXHAUSTED.withDescription(message).toRuntimeException();
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
    embeddings.setInitialCapacity(rows);
    embeddings.allocateNew();
    clientIds.allocateNew(rows);
    values.getValidityBuffer().setOne(0, values.getValidityBuffer().capacity());
    for (int row = 0; row < rows; row++) {
      fill(row, wanted[next++]);
    }
    clientIds.setValueCount(rows);
    values.setValueCount(rows * live.step().dimension());
    embeddings.setValueCount(rows);
    root.setRowCount(rows);
    return true;
  }

  private void fill(int row, long client) {
    long vectorBytes = (long) Float.BYTES * live.step().dimension();
    clientIds.set(row, client);
    embeddings.setNotNull(row);
    values
        .getDataBuffer()
        .setBytes(
            row * vectorBytes,
            vectors.batch().values().getDataBuffer(),
            vectors.row(client) * vectorBytes,
            vectorBytes);
  }

  @Override
  public boolean outlivesCall() {
    return false;
  }

  private void closeVectors() {
    if (vectors != null) {
      vectors.close();
      vectors = null;
    }
  }

  @Override
  public void close() {
    closeVectors();
    root.close();
    allocator.close();
  }
}
