package dev.tessera.api;

import java.util.Map;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;

/**
 * A shop's history as shared, read-only Arrow vectors: one copy serves every plugin, memory-mapped
 * by the host and possibly larger than memory. Whoever built the log owns the vectors; a plugin
 * borrows them for the call and may read them from any thread.
 *
 * @param clientIds [N] original ids of all clients that have an event or are relevant, strictly
 *     ascending; the row is the client's dense index
 * @param relevantClients the clients whose profiles are asked for
 * @param tables one table per kind, possibly without rows
 * @param products all skus
 * @param urlIds original ids by url code, strictly ascending
 * @param queries distinct search queries by query code, 16 unsigned bytes each, ascending
 */
public record EventLog(
    BigIntVector clientIds,
    ClientSelection relevantClients,
    Map<EventKind, EventTable> tables,
    ProductTable products,
    BigIntVector urlIds,
    FixedSizeBinaryVector queries) {

  /** Checks that every kind has a table and every table an offset per client. */
  public EventLog {
    tables = Map.copyOf(tables);
    for (EventKind kind : EventKind.values()) {
      EventTable table = tables.get(kind);
      if (table == null) {
        throw new IllegalArgumentException("the log has no table " + kind.tableName());
      }
      if (table.offsets().getValueCount() != clientIds.getValueCount() + 1) {
        throw new IllegalArgumentException(
            "%s has %d offsets for %d clients"
                .formatted(
                    kind.tableName(), table.offsets().getValueCount(), clientIds.getValueCount()));
      }
    }
  }

  /** N, the number of clients. */
  public int clients() {
    return clientIds.getValueCount();
  }

  /** The events of one kind; never null, possibly empty. */
  public EventTable events(EventKind kind) {
    return tables.get(kind);
  }

  /**
   * The dense index of each client of a selection, or -1 for one who is not in the log.
   *
   * @return [selection.size()], in the selection's order
   */
  public int[] indexOf(ClientSelection selection) {
    int[] indices = new int[selection.size()];
    int next = 0;
    for (int i = 0; i < indices.length; i++) {
      long id = selection.id(i);
      while (next < clients() && clientIds.get(next) < id) {
        next++;
      }
      indices[i] = next < clients() && clientIds.get(next) == id ? next : -1;
    }
    return indices;
  }
}
