package dev.tessera.plugin.als;

import dev.tessera.api.ConfigKey;
import dev.tessera.api.EventKind;
import dev.tessera.api.EventKind.ItemKind;
import java.util.Collections;
import java.util.LinkedHashMap;
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
        Map<String, Double> events,
    @ConfigKey(
            value = "What the columns of the matrix are: sku and category of product events, url of page_visit",
            defaultValue = "category")
        Item item,
    @ConfigKey(
            value = "Whom to fit on: all clients of the log, or the relevant ones",
            defaultValue = "all")
        Clients clients,
    @ConfigKey(
            value = "Length of a client's vector",
            defaultValue = "64",
            min = 1,
            max = 1024)
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
            value = "How a row is solved for in fitting: exactly (cholesky), or by a few steps (faster)",
            defaultValue = "conjugate-gradient")
        Solver solver,
    @ConfigKey(
            value = "Steps a row of conjugate-gradient",
            defaultValue = "3",
            min = 1,
            max = 1000)
        int cgSteps,
    @ConfigKey(
            value = "After which iterations the training loss is reported",
            defaultValue = "each")
        LossReport reportLoss) {

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

  /** Copies the weights and checks that the tables have the item. */
  AlsConfig {
    events = Collections.unmodifiableMap(new LinkedHashMap<>(events));
    List<String> names = item.kinds().stream().map(EventKind::tableName).toList();
    String wanted =
        "with item: %s, events must be among %s"
            .formatted(item.key(), String.join(", ", names));
    if (events.isEmpty()) {
      throw new IllegalArgumentException(wanted + ", found none");
    }
    events.forEach(
        (name, weight) -> {
          if (!names.contains(name)) {
            throw new IllegalArgumentException(wanted + ", found '" + name + "'");
          }
          if (weight == 0 || !Double.isFinite(weight)) {
            throw new IllegalArgumentException(
                "the weight of events.%s must be a number other than 0, was %s"
                    .formatted(name, weight));
          }
        });
    if (events.values().stream().noneMatch(weight -> weight > 0)) {
      throw new IllegalArgumentException("one weight of events at least must be above 0");
    }
  }

  /** The tables to read with their weights, in table order. */
  Map<EventKind, Double> weights() {
    return item.kinds().stream()
        .filter(kind -> events.containsKey(kind.tableName()))
        .collect(
            Collectors.toMap(
                kind -> kind,
                kind -> events.get(kind.tableName()),
                (a, b) -> a,
                LinkedHashMap::new));
  }
}
