package dev.tessera.host.flight;

import dev.tessera.api.PluginException;
import dev.tessera.host.data.EventBatch;
import dev.tessera.host.live.LiveVectors;
import java.util.concurrent.RejectedExecutionException;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;

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
  private final VectorBatch target;
  private long[] wanted = new long[0];
  private int next;
  private boolean asked;
  private LiveVectors vectors;

  /**
   * Waits for the first batch.
   *
   * @param parent of the allocator that this call has for itself
   */
  LiveSource(LiveStep live, BufferAllocator parent) {
    this.live = live;
    allocator = parent.newChildAllocator("live " + live.step().name(), 0, MOST_BYTES);
    String name = live.step().name();
    target = new VectorBatch(name, live.schema(), live.step().dimension(), Float.BYTES, allocator);
  }

  @Override
  public void take(VectorSchemaRoot batch, DictionaryProvider dictionaries)
      throws InterruptedException {
    closeVectors();
    asked = true;
    next = 0;
    try (SpelledOut written = new SpelledOut(batch, dictionaries, allocator)) {
      EventBatch events = EventBatch.read(written.root(), LIMITS);
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
    return target.root();
  }

  @Override
  public boolean next() {
    int rows = Math.min(target.capacity(), wanted.length - next);
    if (rows <= 0) {
      return false;
    }
    target.begin(rows);
    long vectorBytes = (long) Float.BYTES * live.step().dimension();
    for (int row = 0; row < rows; row++) {
      long client = wanted[next++];
      long at = target.put(row, client);
      ArrowBuf from = vectors.batch().values().getDataBuffer();
      target.vectors().setBytes(at, from, vectors.row(client) * vectorBytes, vectorBytes);
    }
    target.end(rows);
    return true;
  }

  /** A call without events is a client's mistake that an empty answer would hide. */
  @Override
  public void end() {
    if (!asked) {
      throw FlightFailures.invalid("wanted at least one batch of events, the call had none");
    }
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
    target.close();
    allocator.close();
  }
}
