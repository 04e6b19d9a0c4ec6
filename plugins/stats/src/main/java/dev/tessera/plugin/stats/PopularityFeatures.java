package dev.tessera.plugin.stats;

import dev.tessera.api.EventLog;
import dev.tessera.api.EventTable;
import dev.tessera.api.ProductTable;

/**
 * How popular a client's items are: the mean over its rows of the row count of the row's item (sku
 * or url), and the same of its category over the rows whose product has one.
 */
final class PopularityFeatures {

  private static final int NO_CATEGORY = -1;

  private final EventTable table;
  private final int[] itemRows;
  private final int[] categoryRowsOfItem;

  PopularityFeatures(EventLog log, FittedTable fitted) {
    this.table = log.events(fitted.kind());
    this.itemRows = fitted.items().byCode(TableCounter.itemIds(log, fitted.kind()));
    this.categoryRowsOfItem =
        switch (fitted.kind().itemKind()) {
          case SKU -> categoryRowsOfSku(log.products(), fitted.categories());
          case URL, QUERY -> new int[0];
        };
  }

  private static int[] categoryRowsOfSku(ProductTable products, Popularity categories) {
    int[] rowsOfCategory = categories.byCode(products.categoryIds());
    int[] rowsOfSku = new int[products.size()];
    for (int sku = 0; sku < rowsOfSku.length; sku++) {
      int category = products.category(sku);
      rowsOfSku[sku] = category < 0 ? NO_CATEGORY : rowsOfCategory[category];
    }
    return rowsOfSku;
  }

  /** The mean row count of the client's items; 0 without rows. */
  double meanOfItems(int client) {
    int start = table.start(client);
    int end = table.end(client);
    long sum = 0;
    for (int row = start; row < end; row++) {
      sum += itemRows[table.item(row)];
    }
    return start == end ? 0 : (double) sum / (end - start);
  }

  /** The mean row count of the client's categories; 0 if none of its products has one. */
  double meanOfCategories(int client) {
    int end = table.end(client);
    long sum = 0;
    int counted = 0;
    for (int row = table.start(client); row < end; row++) {
      int rows = categoryRowsOfItem[table.item(row)];
      if (rows != NO_CATEGORY) {
        sum += rows;
        counted++;
      }
    }
    return counted == 0 ? 0 : (double) sum / counted;
  }
}
