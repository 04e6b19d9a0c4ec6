package dev.tessera.plugin.gruae;

import dev.tessera.api.EventKind;
import dev.tessera.neural.Tokens;
import java.util.List;

/** The codes of the column event-type. */
final class EventTypes {

  /** The tables in the order of their codes, which is also that of events of one instant. */
  static final List<EventKind> ORDER =
      List.of(
          EventKind.ADD_TO_CART,
          EventKind.REMOVE_FROM_CART,
          EventKind.PRODUCT_BUY,
          EventKind.PAGE_VISIT,
          EventKind.SEARCH_QUERY);

  /** The number of codes, those that all columns have included. */
  static final int SIZE = Tokens.FIRST + ORDER.size();

  private EventTypes() {}

  /** The code of a table: add 3, remove 4, buy 5, visit 6, search 7. */
  static int token(EventKind kind) {
    return Tokens.FIRST + ORDER.indexOf(kind);
  }
}
