package dev.tessera.neural;

import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The clients that a model may learn from. */
public enum TrainOn {
  /** All of the log. */
  ALL,
  /** Those whose profiles are asked for. */
  RELEVANT;

  /**
   * The clients to learn from.
   *
   * @param sample so many of those with events, at random; 0 for all
   * @param kinds the tables whose events count
   * @return dense indices, ascending
   */
  public int[] clients(EventLog events, int sample, List<EventKind> kinds, long seed) {
    int[] clients =
        this == ALL
            ? IntStream.range(0, events.clients()).toArray()
            : IntStream.of(events.indexOf(events.relevantClients()))
                .filter(client -> client >= 0)
                .toArray();
    if (sample == 0 || sample >= clients.length) {
      return clients;
    }
    int[] withEvents =
        IntStream.of(clients)
            .filter(
                client ->
                    kinds.stream()
                        .map(events::events)
                        .anyMatch(table -> table.start(client) < table.end(client)))
            .toArray();
    int[] chosen = ClientSplit.sample(withEvents, sample, seed);
    Arrays.sort(chosen);
    return chosen;
  }

  /** The name in configurations. */
  public String key() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
