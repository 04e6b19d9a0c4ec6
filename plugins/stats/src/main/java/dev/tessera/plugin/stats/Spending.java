package dev.tessera.plugin.stats;

import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.EventTable;
import dev.tessera.api.ProductTable;

/** The sum and the mean of the price buckets that a client bought, over rows with a known price. */
final class Spending {

  private final EventTable buys;
  private final ProductTable products;

  Spending(EventLog log) {
    buys = log.events(EventKind.PRODUCT_BUY);
    products = log.products();
  }

  /** Writes the sum and the mean at {@code target[at]} and after it; 0 if no price is known. */
  void compute(int client, double[] target, int at) {
    long sum = 0;
    int counted = 0;
    int end = buys.end(client);
    for (int row = buys.start(client); row < end; row++) {
      int price = products.price(buys.item(row));
      if (price >= 0) {
        sum += products.priceIds().get(price);
        counted++;
      }
    }
    target[at] = sum;
    target[at + 1] = counted == 0 ? 0 : (double) sum / counted;
  }
}
