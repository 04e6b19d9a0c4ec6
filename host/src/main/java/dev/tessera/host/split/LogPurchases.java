package dev.tessera.host.split;

import dev.tessera.api.ClientSelection;
import dev.tessera.host.data.EventRows;
import dev.tessera.host.data.IdDictionary;
import dev.tessera.host.data.ProductRows;
import dev.tessera.host.split.ChallengeSplit.Part;
import java.util.Arrays;
import java.util.Optional;

/**
 * Counts a log's purchases while they are read: 24 bytes for each product bought, and the clients
 * that bought before the train target. For one thread at a time.
 */
final class LogPurchases implements PurchaseCounts {

  private static final int START = 1 << 12;

  private final ChallengeSplit split;
  private final ProductRows properties;
  private final IdDictionary skus = new IdDictionary(0);
  private final IdDictionary earlyBuyers = new IdDictionary(0);
  private long[] ever = new long[START];
  private long[] beforeTarget = new long[START];
  private long[] inTrainTarget = new long[START];
  private long rows;

  LogPurchases(ChallengeSplit split, ProductRows properties) {
    this.split = split;
    this.properties = properties;
  }

  /** Counts a batch of purchases. */
  void add(EventRows purchases) {
    for (int row = 0; row < purchases.rows(); row++) {
      int product = skus.add(purchases.item(row));
      if (product == ever.length) {
        grow();
      }
      ever[product]++;
      Part part = split.part(purchases.micros(row));
      if (part == Part.TRAIN_TARGET) {
        inTrainTarget[product]++;
      } else if (part == Part.INPUT) {
        beforeTarget[product]++;
        earlyBuyers.add(purchases.client(row));
      }
    }
    rows += purchases.rows();
  }

  /**
   * The clients that bought before the train target, ascending.
   *
   * @param relevant the only ones that count, if given
   */
  long[] activeClients(Optional<ClientSelection> relevant) {
    long[] active = new long[earlyBuyers.size()];
    int count = 0;
    for (int code = 0; code < earlyBuyers.size(); code++) {
      long client = earlyBuyers.id(code);
      if (relevant.isEmpty() || relevant.get().indexOf(client) >= 0) {
        active[count++] = client;
      }
    }
    long[] sorted = Arrays.copyOf(active, count);
    Arrays.sort(sorted);
    return sorted;
  }

  @Override
  public int products() {
    return skus.size();
  }

  @Override
  public long sku(int product) {
    return skus.id(product);
  }

  @Override
  public long category(int product) {
    return properties.category(properties.find(sku(product)));
  }

  @Override
  public long price(int product) {
    return properties.price(properties.find(sku(product)));
  }

  @Override
  public long ever(int product) {
    return ever[product];
  }

  @Override
  public long beforeTarget(int product) {
    return beforeTarget[product];
  }

  @Override
  public long inTrainTarget(int product) {
    return inTrainTarget[product];
  }

  @Override
  public long rows() {
    return rows;
  }

  private void grow() {
    ever = Arrays.copyOf(ever, 2 * ever.length);
    beforeTarget = Arrays.copyOf(beforeTarget, ever.length);
    inTrainTarget = Arrays.copyOf(inTrainTarget, ever.length);
  }
}
