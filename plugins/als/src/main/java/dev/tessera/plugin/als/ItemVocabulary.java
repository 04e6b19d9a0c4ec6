package dev.tessera.plugin.als;

import dev.tessera.api.EventLog;
import dev.tessera.api.IdMapping;
import dev.tessera.api.ProductTable;
import java.util.Arrays;
import org.apache.arrow.vector.BigIntVector;

/** Which column of a matrix an event's item code stands for, in a given log. */
final class ItemVocabulary {

  private ItemVocabulary() {}

  /** The original ids that the item of the configuration can have in a log, ascending. */
  static BigIntVector ids(AlsConfig.Item item, EventLog log) {
    return switch (item) {
      case SKU -> log.products().skus();
      case CATEGORY -> log.products().categoryIds();
      case URL -> log.urlIds();
    };
  }

  /**
   * The position of each item code of the log's events in {@link #ids}.
   *
   * @return by item code; -1 for a sku without a category
   */
  static int[] columns(AlsConfig.Item item, EventLog log) {
    int[] identity = new int[ids(item, log).getValueCount()];
    Arrays.setAll(identity, code -> code);
    return byItemCode(item, log.products(), identity);
  }

  /**
   * The position of each item code of the log's events in a model's items.
   *
   * @param known original ids of the model's items, strictly ascending
   * @return by item code; -1 for an item that the model does not have
   */
  static int[] columns(AlsConfig.Item item, EventLog log, long[] known) {
    return byItemCode(item, log.products(), IdMapping.positions(ids(item, log), known));
  }

  private static int[] byItemCode(AlsConfig.Item item, ProductTable products, int[] columns) {
    if (item != AlsConfig.Item.CATEGORY) {
      return columns;
    }
    int[] bySku = new int[products.size()];
    for (int sku = 0; sku < bySku.length; sku++) {
      int category = products.category(sku);
      bySku[sku] = category < 0 ? -1 : columns[category];
    }
    return bySku;
  }
}
