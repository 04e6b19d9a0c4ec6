package dev.tessera.plugin.als;

import dev.tessera.api.ConfigKey;
import dev.tessera.api.EventKind;
import dev.tessera.api.EventKind.ItemKind;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What to factorise, and how. */
record AlsConfig(
    @ConfigKey(
            value =
                "Weight of one event by table name; the weights of a client's events with an item are"
                    + " summed. A weight may be negative; a pair whose sum is not above zero is left"
                    + " out",
            defaultValue = "{product_buy: 3, add_to_cart: 1}")
        Map<EventKind, Double> events,
    @ConfigKey(
            value =
                "What the columns of the matrix are: sku and category of product events, url of page_visit",
            defaultValue = "category")
        Item item,
    @ConfigKey(
            value = "Whom to fit on: all clients of the log, or the relevant ones",
            defaultValue = "all")
        Clients clients,
    @ConfigKey(value = "Length of a client's vector", defaultValue = "64", min = 1, max = 1024)
        int factors,
    @ConfigKey(
            value = "Passes over the matrix, each all clients, then all items",
            defaultValue = "15",
            min = 1,
            max = 1000)
        int iterations,
    @ConfigKey(
            value = "Weight of the squared length of all factors in the loss",
            defaultValue = "0.01",
            min = 1e-6,
            max = 1e6)
        double regularization,
    @ConfigKey(
            value = "Confidence of a pair per unit of its weight; a pair without events has 1",
            defaultValue = "1",
            min = 1e-6,
            max = 1e6)
        double alpha,
    @ConfigKey(
            value =
                "How a row is solved for in fitting: exactly (cholesky), or by a few steps (faster)",
            defaultValue = "conjugate-gradient")
        Solver solver,
    @ConfigKey(value = "Steps a row of conjugate-gradient", defaultValue = "3", min = 1, max = 1000)
        int cgSteps,
    @ConfigKey(
            value = "After which iterations the training loss is reported",
            defaultValue = "each")
        LossReport reportLoss) {

  private static final double MAX_WEIGHT = 1e6;

  /** What an item of the matrix is. */
  enum Item {
    SKU(ItemKind.SKU),
    CATEGORY(ItemKind.SKU),
    URL(ItemKind.URL);

    private final ItemKind events;

    Item(ItemKind events) {
      this.events = events;
    }

    /** As written in a configuration. */
    String key() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The tables that have such an item. */
    List<EventKind> kinds() {
      return EventKind.withItems(events);
    }
  }

  /** Whom to fit on. */
  enum Clients {
    ALL,
    RELEVANT
  }

  /** How a row is solved for. */
  enum Solver {
    CHOLESKY,
    CONJUGATE_GRADIENT
  }

  /** When the loss is computed. */
  enum LossReport {
    EACH,
    LAST,
    NONE
  }

  /** Puts the weights into table order and checks that the tables have the item. */
  AlsConfig {
    String wanted =
        "with item: %s, events must be among %s"
            .formatted(
                item.key(),
                item.kinds().stream().map(EventKind::tableName).collect(Collectors.joining(", ")));
    if (events.isEmpty()) {
      throw new IllegalArgumentException(wanted + ", found none");
    }
    events = Collections.unmodifiableMap(new EnumMap<>(events));
    for (Map.Entry<EventKind, Double> event : events.entrySet()) {
      String table = event.getKey().tableName();
      if (!item.kinds().contains(event.getKey())) {
        throw new IllegalArgumentException(wanted + ", found " + table);
      }
      double weight = event.getValue();
      // not (… <= …), so that NaN is refused too
      if (weight == 0 || !(Math.abs(weight) <= MAX_WEIGHT)) {
        throw new IllegalArgumentException(
            "events.%s must be a weight in -%,.0f..%,.0f other than 0, was %s"
                .formatted(table, MAX_WEIGHT, MAX_WEIGHT, weight));
      }
    }
    if (events.values().stream().noneMatch(weight -> weight > 0)) {
      throw new IllegalArgumentException(
          "events must have a weight above 0, found " + events.values());
    }
  }
}
