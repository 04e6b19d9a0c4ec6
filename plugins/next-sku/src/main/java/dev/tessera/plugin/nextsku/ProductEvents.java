package dev.tessera.plugin.nextsku;

import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.PluginContext;
import dev.tessera.neural.EventSequences;
import java.util.List;

/** What clients do with products, as tokens of category, event type and price. */
final class ProductEvents {

  /** The tables, in the order that breaks ties of time. */
  static final List<EventKind> ORDER =
      List.of(EventKind.PRODUCT_BUY, EventKind.ADD_TO_CART, EventKind.REMOVE_FROM_CART);

  /** Columns of a token. */
  static final int CATEGORY = 0;

  static final int EVENT = 1;
  static final int PRICE = 2;

  /** Event types have the codes 1 to 3; 0 is padding. */
  static final int EVENT_TOKENS = 4;

  private ProductEvents() {}

  /** The code of a table: add 1, remove 2, buy 3. */
  static int token(EventKind kind) {
    return switch (kind) {
      case ADD_TO_CART -> 1;
      case REMOVE_FROM_CART -> 2;
      default -> 3;
    };
  }

  /**
   * The tokens of each client's last events.
   *
   * @param log lent for as long as the sequences are used
   * @param most the most events of a client
   */
  static EventSequences of(EventLog log, ProductCodes codes, int most, PluginContext context) {
    int[] categories = codes.categoryOfSku(log);
    int[] prices = ProductCodes.prices(log);
    return new EventSequences(
        log,
        new EventSequences.Layout(ORDER, (kind, item) -> true, most, false),
        List.of(
            (kind, item, time) -> categories[item],
            (kind, item, time) -> token(kind),
            (kind, item, time) -> prices[item]),
        context);
  }
}
