package dev.tessera.api;

import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.IntVector;

/**
 * The events of one kind, sorted by (client, time); events of one client at one time keep the order
 * of the source file. Views of shared memory, read-only: writing to them may end the process.
 *
 * @param kind which table
 * @param offsets [N + 1]: the events of client c are the rows {@code offsets[c] … offsets[c + 1] -
 *     1}
 * @param times [rows] microseconds since 1970-01-01T00:00Z
 * @param items [rows] codes, dense from 0: what they point into says {@link EventKind#itemKind}
 */
public record EventTable(EventKind kind, IntVector offsets, BigIntVector times, IntVector items) {

  /** The number of events. */
  public int rows() {
    return items.getValueCount();
  }

  /** The first row of a client. */
  public int start(int client) {
    return offsets.get(client);
  }

  /** One past the last row of a client. */
  public int end(int client) {
    return offsets.get(client + 1);
  }

  /** The time of a row, microseconds since 1970-01-01T00:00Z. */
  public long time(int row) {
    return times.get(row);
  }

  /** The item code of a row. */
  public int item(int row) {
    return items.get(row);
  }
}
