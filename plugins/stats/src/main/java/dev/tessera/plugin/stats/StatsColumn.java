package dev.tessera.plugin.stats;

import static dev.tessera.api.EventKind.ADD_TO_CART;
import static dev.tessera.api.EventKind.PAGE_VISIT;
import static dev.tessera.api.EventKind.PRODUCT_BUY;
import static dev.tessera.api.EventKind.REMOVE_FROM_CART;

import dev.tessera.api.EventKind;
import java.util.ArrayList;
import java.util.List;

/**
 * One column: its name in the reference, and what it needs.
 *
 * @param name the reference's name
 * @param kinds the tables it is computed from
 * @param isCount whether it is a number (or a mean number) of rows or a sum over rows, and so grows
 *     with the log without bound; {@link CountScale} applies to these
 */
record StatsColumn(String name, List<EventKind> kinds, boolean isCount) {

  /** The tables in the order of their columns. */
  static final List<EventKind> KINDS =
      List.of(PRODUCT_BUY, ADD_TO_CART, PAGE_VISIT, REMOVE_FROM_CART);

  /** The kinds with a pair of (category, item) popularity columns, in their order. */
  static final List<EventKind> PRODUCT_KINDS = List.of(PRODUCT_BUY, ADD_TO_CART, REMOVE_FROM_CART);

  /** The number of columns of {@link ActivityFeatures} for each kind. */
  static final int ACTIVITY = 6;

  /** The first popularity column. */
  static final int POPULARITY = ACTIVITY * 4;

  /** The column of the mean popularity of visited urls. */
  static final int URL_POPULARITY = POPULARITY + 2 * 3;

  /** The columns of distinct weeks and months with visits. */
  static final int PERIODS = URL_POPULARITY + 1;

  /** The columns of the sum and mean of the price buckets bought. */
  static final int SPENDING = PERIODS + 2;

  /** The columns of the shares of added products and categories that were bought. */
  static final int CONVERSION = SPENDING + 2;

  /** All columns in the reference's order. */
  static final List<StatsColumn> ALL = all();

  /** The reference's short name of a table in column names. */
  static String prefix(EventKind kind) {
    return switch (kind) {
      case PRODUCT_BUY -> "buy";
      case ADD_TO_CART -> "add";
      case REMOVE_FROM_CART -> "remove";
      case PAGE_VISIT -> "visit";
      case SEARCH_QUERY -> throw new IllegalArgumentException("searches have no columns");
    };
  }

  private static List<StatsColumn> all() {
    List<StatsColumn> columns = new ArrayList<>();
    for (EventKind kind : KINDS) {
      String prefix = prefix(kind);
      List<EventKind> needs = List.of(kind);
      columns.add(new StatsColumn(prefix + "_total_interactions", needs, true));
      columns.add(new StatsColumn("mean_" + prefix + "_interval_days", needs, false));
      columns.add(new StatsColumn("diff_" + prefix + "_week", needs, true));
      columns.add(new StatsColumn("diff_" + prefix + "_month", needs, true));
      columns.add(new StatsColumn(prefix + "_days_from_first_to_start", needs, false));
      columns.add(new StatsColumn(prefix + "_days_from_last_to_start", needs, false));
    }
    for (EventKind kind : PRODUCT_KINDS) {
      List<EventKind> needs = List.of(kind);
      columns.add(new StatsColumn("category_popularity_" + prefix(kind), needs, true));
      columns.add(new StatsColumn("average_pop_" + prefix(kind), needs, true));
    }
    columns.add(new StatsColumn("average_pop_visit", List.of(PAGE_VISIT), true));
    columns.add(new StatsColumn("unique_weeks", List.of(PAGE_VISIT), false));
    columns.add(new StatsColumn("unique_months", List.of(PAGE_VISIT), false));
    columns.add(new StatsColumn("total_spent", List.of(PRODUCT_BUY), true));
    columns.add(new StatsColumn("average_spent", List.of(PRODUCT_BUY), false));
    columns.add(new StatsColumn("bought", List.of(PRODUCT_BUY, ADD_TO_CART), false));
    columns.add(new StatsColumn("bought_cat", List.of(PRODUCT_BUY, ADD_TO_CART), false));
    return List.copyOf(columns);
  }
}
