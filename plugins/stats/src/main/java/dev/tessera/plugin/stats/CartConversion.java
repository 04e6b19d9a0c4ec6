package dev.tessera.plugin.stats;

import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.EventTable;
import dev.tessera.api.ProductTable;
import java.util.Arrays;

/**
 * The share of the distinct skus, and of the distinct categories, that a client put into the cart
 * and bought at any time. All products without a category count as one category. Holds buffers: one
 * per thread.
 */
final class CartConversion {

  private final EventTable buys;
  private final EventTable adds;
  private final ProductTable products;
  private int[] bought = new int[64];
  private int[] added = new int[64];

  CartConversion(EventLog log) {
    buys = log.events(EventKind.PRODUCT_BUY);
    adds = log.events(EventKind.ADD_TO_CART);
    products = log.products();
  }

  /** Writes the share of skus and that of categories at {@code target[at]} and after it. */
  void compute(int client, double[] target, int at) {
    int addedCount = adds.end(client) - adds.start(client);
    int boughtCount = buys.end(client) - buys.start(client);
    if (addedCount == 0 || boughtCount == 0) {
      return;
    }
    added = copyItems(adds, client, added);
    bought = copyItems(buys, client, bought);
    target[at] = shareOfDistinct(addedCount, boughtCount);
    toCategories(added, addedCount);
    toCategories(bought, boughtCount);
    target[at + 1] = shareOfDistinct(addedCount, boughtCount);
  }

  private static int[] copyItems(EventTable table, int client, int[] buffer) {
    int start = table.start(client);
    int count = table.end(client) - start;
    int[] target = buffer.length < count ? new int[Math.max(count, 2 * buffer.length)] : buffer;
    for (int i = 0; i < count; i++) {
      target[i] = table.item(start + i);
    }
    return target;
  }

  private void toCategories(int[] skus, int count) {
    for (int i = 0; i < count; i++) {
      skus[i] = products.category(skus[i]);
    }
  }

  private double shareOfDistinct(int addedCount, int boughtCount) {
    Arrays.sort(added, 0, addedCount);
    Arrays.sort(bought, 0, boughtCount);
    int distinct = 0;
    int shared = 0;
    int next = 0;
    for (int i = 0; i < addedCount; i++) {
      if (i > 0 && added[i] == added[i - 1]) {
        continue;
      }
      distinct++;
      while (next < boughtCount && bought[next] < added[i]) {
        next++;
      }
      if (next < boughtCount && bought[next] == added[i]) {
        shared++;
      }
    }
    return (double) shared / distinct;
  }
}
