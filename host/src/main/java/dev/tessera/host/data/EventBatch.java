package dev.tessera.host.data;

import dev.tessera.api.EventKind;
import dev.tessera.api.PluginException;
import java.util.Arrays;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Events of all kinds in the order they came, checked and copied from one Arrow batch. */
public final class EventBatch {

  private final long[] clients;
  private final long[] micros;
  private final EventKind[] kinds;
  private final long[] items;
  private final long[] queryLows;
  private final long[] distinct;

  /**
   * What one batch may hold.
   *
   * @param events the most rows
   * @param clients the most clients
   */
  public record Limits(int events, int clients) {}

  /**
   * Takes the columns, all of one length.
   *
   * @param items skus, urls, and the first eight bytes of queries, the first one highest
   * @param queryLows the last eight bytes of queries
   */
  EventBatch(long[] clients, long[] micros, EventKind[] kinds, long[] items, long[] queryLows) {
    this.clients = clients;
    this.micros = micros;
    this.kinds = kinds;
    this.items = items;
    this.queryLows = queryLows;
    this.distinct = SortedIds.union(clients);
  }

  /**
   * Reads a batch with the columns of {@link EventBatchSchema}.
   *
   * @param batch lent for the call
   * @throws PluginException INVALID_DATA if the columns are others, a value that is needed is null
   *     or malformed (names column and row), there is no event, or more than the limits
   */
  public static EventBatch read(VectorSchemaRoot batch, Limits limits) {
    EventBatchSchema.require(batch.getSchema());
    int rows = batch.getRowCount();
    if (rows == 0) {
      throw EventBatchSchema.invalid("wanted at least one event in a batch, found none");
    }
    if (rows > limits.events()) {
      throw EventBatchSchema.invalid(
          "wanted at most %,d events in a batch, found %,d: send fewer clients at once"
              .formatted(limits.events(), rows));
    }
    EventBatch events = new EventBatchReader(batch).read();
    if (events.distinct.length > limits.clients()) {
      throw EventBatchSchema.invalid(
          "wanted events of at most %,d clients in a batch, found %,d: send them in several batches"
              .formatted(limits.clients(), events.distinct.length));
    }
    return events;
  }

  /** The number of events. */
  public int rows() {
    return clients.length;
  }

  /** All clients, each once, in the order of their first rows. */
  public long[] clients() {
    long[] ordered = new long[distinct.length];
    boolean[] seen = new boolean[distinct.length];
    int count = 0;
    for (long client : clients) {
      int position = Arrays.binarySearch(distinct, client);
      if (!seen[position]) {
        seen[position] = true;
        ordered[count++] = client;
      }
    }
    return ordered;
  }

  /** All clients, ascending, each once. Not to be changed. */
  long[] distinctClients() {
    return distinct;
  }

  long client(int row) {
    return clients[row];
  }

  long micros(int row) {
    return micros[row];
  }

  EventKind kind(int row) {
    return kinds[row];
  }

  /** A sku, a url, or the first eight bytes of a query, the first one highest. */
  long item(int row) {
    return items[row];
  }

  /** The last eight bytes of a query. */
  long queryLow(int row) {
    return queryLows[row];
  }
}
