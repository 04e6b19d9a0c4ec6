package dev.tessera.neural;

import dev.tessera.api.EventKind;

/** Gives the token of an event in one column. Safe to use from any thread. */
@FunctionalInterface
public interface EventColumn {

  /**
   * The token.
   *
   * @param kind the event's table
   * @param item the item's code in that table
   * @param micros the time, microseconds since 1970-01-01T00:00Z
   */
  int token(EventKind kind, int item, long micros);
}
