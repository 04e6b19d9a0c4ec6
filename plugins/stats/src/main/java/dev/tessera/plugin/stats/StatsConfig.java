package dev.tessera.plugin.stats;

import dev.tessera.api.ConfigKey;
import dev.tessera.api.EventKind;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The configuration of a stats step. The defaults give the 37 columns of the reference.
 *
 * @param events the tables used; a column is there when all tables it needs are
 * @param counts how counts are scaled
 */
record StatsConfig(
    @ConfigKey(
            value =
                "The event tables to use; a column that needs one which is not named is left out.",
            defaultValue = "[product_buy, add_to_cart, page_visit, remove_from_cart]")
        List<EventKind> events,
    @ConfigKey(
            value =
                "Scale of the columns that count rows (totals, week and month differences,"
                    + " popularities, total spent): raw as the reference, or log1p,"
                    + " sign(x) ln(1 + |x|), when a count exceeds 65,504, the largest float16.",
            defaultValue = "raw")
        CountScale counts) {

  /** Copies the list and checks it. */
  StatsConfig {
    events = List.copyOf(events);
    if (events.isEmpty()) {
      throw new IllegalArgumentException(
          "events must name at least one of " + names(StatsColumn.KINDS) + ", was empty");
    }
    Set<EventKind> seen = EnumSet.noneOf(EventKind.class);
    for (EventKind kind : events) {
      if (!StatsColumn.KINDS.contains(kind)) {
        throw new IllegalArgumentException(
            "events must be of %s, was %s".formatted(names(StatsColumn.KINDS), kind.tableName()));
      }
      if (!seen.add(kind)) {
        throw new IllegalArgumentException("events names " + kind.tableName() + " twice");
      }
    }
  }

  private static String names(List<EventKind> kinds) {
    return String.join(", ", kinds.stream().map(EventKind::tableName).toList());
  }
}
