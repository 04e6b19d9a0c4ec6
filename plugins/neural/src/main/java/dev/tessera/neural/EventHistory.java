package dev.tessera.neural;

import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.EventTable;
import java.util.Arrays;
import java.util.List;

/**
 * Reads the events of one client after another, several tables as one, in ascending order of time.
 * Events of one instant come in the order of the tables given, within a table in that of the log.
 *
 * <p>Reads the mapped log at each call and keeps only the client at hand: no copy of the log, and
 * the cost (some 50 ns an event) is far below that of training on it. Not safe for several threads:
 * one each.
 */
public final class EventHistory {

  private final List<EventTable> tables;
  private final EventFilter filter;
  private final int[] next;
  private byte[] table = new byte[64];
  private int[] row = new int[64];
  private int first;

  /** Which events count. */
  @FunctionalInterface
  public interface EventFilter {
    /** Whether an event counts. */
    boolean keep(EventKind kind, int item);
  }

  /** All events of some tables, which are given in the order that breaks ties. */
  public EventHistory(EventLog log, List<EventKind> kinds) {
    this(log, kinds, (kind, item) -> true);
  }

  /** Some events of some tables, which are given in the order that breaks ties. */
  public EventHistory(EventLog log, List<EventKind> kinds, EventFilter filter) {
    this.tables = kinds.stream().map(log::events).toList();
    this.filter = filter;
    this.next = new int[tables.size()];
  }

  /**
   * Reads the last events of a client; they are then asked for by position.
   *
   * @param client the dense index in the log
   * @param limit the most events to read
   * @return their number
   */
  public int readLast(int client, int limit) {
    int capacity = 0;
    for (int k = 0; k < next.length; k++) {
      next[k] = tables.get(k).end(client) - 1;
      capacity += next[k] + 1 - tables.get(k).start(client);
    }
    capacity = Math.min(capacity, limit);
    ensure(capacity);
    // from the newest backwards, so that a long history costs no more than its last events
    first = row.length;
    while (row.length - first < capacity) {
      int latest = latest(client);
      if (latest < 0) {
        break;
      }
      EventTable events = tables.get(latest);
      int at = next[latest]--;
      if (filter.keep(events.kind(), events.item(at))) {
        first--;
        table[first] = (byte) latest;
        row[first] = at;
      }
    }
    return row.length - first;
  }

  private int latest(int client) {
    int latest = -1;
    long latestTime = Long.MIN_VALUE;
    for (int k = 0; k < next.length; k++) {
      EventTable events = tables.get(k);
      if (next[k] >= events.start(client)) {
        long time = events.time(next[k]);
        // of equal times the last table's comes first when walking backwards
        if (latest < 0 || time >= latestTime) {
          latest = k;
          latestTime = time;
        }
      }
    }
    return latest;
  }

  private void ensure(int capacity) {
    if (capacity > row.length) {
      int length = Math.max(capacity, row.length * 2);
      table = Arrays.copyOf(table, length);
      row = Arrays.copyOf(row, length);
    }
  }

  /** The table of the i-th event read, from the oldest. */
  public EventKind kind(int i) {
    return tables.get(table[first + i]).kind();
  }

  /** The item code of the i-th event read. */
  public int item(int i) {
    return tables.get(table[first + i]).item(row[first + i]);
  }

  /** The time of the i-th event read, microseconds since 1970-01-01T00:00Z. */
  public long time(int i) {
    return tables.get(table[first + i]).time(row[first + i]);
  }
}
