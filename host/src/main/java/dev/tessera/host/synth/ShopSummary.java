package dev.tessera.host.synth;

import dev.tessera.api.EventKind;
import dev.tessera.host.split.ChallengeSplit;
import java.util.Map;

/**
 * What was generated.
 *
 * @param rows of each event table at the top
 * @param clients that the plan has, those without events included
 * @param relevantClients of them
 * @param split of the log
 */
public record ShopSummary(
    Map<EventKind, Long> rows, long clients, int relevantClients, ChallengeSplit split) {

  /** Copies the map. */
  public ShopSummary {
    rows = Map.copyOf(rows);
  }

  /** Rows of all event tables. */
  public long events() {
    return rows.values().stream().mapToLong(Long::longValue).sum();
  }
}
