package dev.tessera.neural;

import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.PluginContext;
import dev.tessera.neural.EventHistory.EventFilter;
import java.util.List;

/**
 * A token for each of a client's last events, in order of time (see {@link EventHistory}), with or
 * without a begin and an end token around them. A client without events has an empty sequence.
 */
public final class EventSequences implements SequenceSource {

  private static final int TASK_CLIENTS = 4096;

  private final EventLog log;
  private final Layout layout;
  private final List<EventColumn> columns;
  private final int[] lengths;

  /**
   * Which events, and how many.
   *
   * @param kinds the tables, in the order that breaks ties of time
   * @param filter which of their events count
   * @param maxEvents the most events of a client; the last ones count
   * @param framed whether {@link Tokens#BEGIN} and {@link Tokens#END} stand around the events
   */
  public record Layout(List<EventKind> kinds, EventFilter filter, int maxEvents, boolean framed) {

    /** Copies the list. */
    public Layout {
      kinds = List.copyOf(kinds);
    }
  }

  /**
   * Counts each client's events once; reads the log again whenever a sequence is read.
   *
   * @param log lent for as long as the sequences are used
   */
  public EventSequences(
      EventLog log, Layout layout, List<EventColumn> columns, PluginContext context) {
    this.log = log;
    this.layout = layout;
    this.columns = List.copyOf(columns);
    this.lengths = new int[log.clients()];
    int tasks = (log.clients() + TASK_CLIENTS - 1) / TASK_CLIENTS;
    context.parallel(tasks, task -> count(task * TASK_CLIENTS));
  }

  private void count(int from) {
    EventHistory history = new EventHistory(log, layout.kinds(), layout.filter());
    for (int client = from; client < Math.min(lengths.length, from + TASK_CLIENTS); client++) {
      int events = history.readLast(client, layout.maxEvents());
      lengths[client] = events == 0 ? 0 : events + (layout.framed() ? 2 : 0);
    }
  }

  @Override
  public int columns() {
    return columns.size();
  }

  @Override
  public int length(int client) {
    return lengths[client];
  }

  @Override
  public Reader reader() {
    EventHistory history = new EventHistory(log, layout.kinds(), layout.filter());
    return (client, target, offset) -> read(history, client, target, offset);
  }

  private void read(EventHistory history, int client, int[][] target, int offset) {
    int events = history.readLast(client, layout.maxEvents());
    if (events == 0) {
      return;
    }
    int from = offset + (layout.framed() ? 1 : 0);
    for (int column = 0; column < target.length; column++) {
      EventColumn tokens = columns.get(column);
      for (int i = 0; i < events; i++) {
        target[column][from + i] = tokens.token(history.kind(i), history.item(i), history.time(i));
      }
      if (layout.framed()) {
        target[column][offset] = Tokens.BEGIN;
        target[column][from + events] = Tokens.END;
      }
    }
  }
}
