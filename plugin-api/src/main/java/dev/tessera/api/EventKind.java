package dev.tessera.api;

import java.util.Arrays;
import java.util.List;

/** The five kinds of events, each a table of the log. */
public enum EventKind {
  /** Purchases; the item is a sku. */
  PRODUCT_BUY("product_buy", ItemKind.SKU),
  /** Products put into the cart; the item is a sku. */
  ADD_TO_CART("add_to_cart", ItemKind.SKU),
  /** Products taken out of the cart; the item is a sku. */
  REMOVE_FROM_CART("remove_from_cart", ItemKind.SKU),
  /** Visits of a page; the item is a url. */
  PAGE_VISIT("page_visit", ItemKind.URL),
  /** Searches; the item is a query. */
  SEARCH_QUERY("search_query", ItemKind.QUERY);

  /** What an event's item code points into. */
  public enum ItemKind {
    /** A row of {@link EventLog#products}. */
    SKU,
    /** A row of {@link EventLog#urlIds}. */
    URL,
    /** A row of {@link EventLog#queries}. */
    QUERY
  }

  private final String tableName;
  private final ItemKind itemKind;

  EventKind(String tableName, ItemKind itemKind) {
    this.tableName = tableName;
    this.itemKind = itemKind;
  }

  /** The table's name in files and configurations, e.g. {@code product_buy}. */
  public String tableName() {
    return tableName;
  }

  /** What the item codes of this table mean. */
  public ItemKind itemKind() {
    return itemKind;
  }

  /** The kinds whose item is of one sort, in table order. */
  public static List<EventKind> withItems(ItemKind itemKind) {
    return Arrays.stream(values()).filter(kind -> kind.itemKind == itemKind).toList();
  }
}
