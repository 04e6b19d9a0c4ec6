package dev.tessera.host.synth;

import dev.tessera.host.split.ChallengeSplit;
import dev.tessera.host.split.ChallengeSplit.Part;
import dev.tessera.host.split.PurchaseCounts;
import java.util.BitSet;

/**
 * Counts purchases per product and window while they are generated: 12 bytes a product and one bit
 * a relevant client. For one thread at a time.
 */
final class PurchaseTally implements PurchaseCounts {

  private final ShopPlan plan;
  private final Catalogue catalogue;
  private final ChallengeSplit split;
  private final int[] ever;
  private final int[] beforeTarget;
  private final int[] inTrainTarget;
  private final BitSet active = new BitSet();
  private long rows;
  private int lastSecond;

  PurchaseTally(ShopPlan plan, Catalogue catalogue) {
    this.plan = plan;
    this.catalogue = catalogue;
    this.split = new ShopCalendar(plan.days()).split();
    this.ever = new int[plan.products()];
    this.beforeTarget = new int[plan.products()];
    this.inTrainTarget = new int[plan.products()];
  }

  /** Counts purchases; items are product indices. */
  void add(EventColumns purchases) {
    for (int row = 0; row < purchases.rows(); row++) {
      int product = (int) purchases.item(row);
      ever[product]++;
      Part part = split.part(ShopCalendar.micros(purchases.second(row)));
      if (part == Part.TRAIN_TARGET) {
        inTrainTarget[product]++;
      } else if (part == Part.INPUT) {
        beforeTarget[product]++;
        noteActive(purchases.client(row));
      }
      lastSecond = Math.max(lastSecond, purchases.second(row));
    }
    rows += purchases.rows();
  }

  private void noteActive(long client) {
    if (plan.isRelevant(client)) {
      active.set(plan.relevantBefore(client));
    }
  }

  @Override
  public long rows() {
    return rows;
  }

  /** Seconds since the log's first midnight. */
  int lastSecond() {
    return lastSecond;
  }

  @Override
  public int products() {
    return ever.length;
  }

  @Override
  public long sku(int product) {
    return catalogue.sku(product);
  }

  @Override
  public long category(int product) {
    return catalogue.isKnown(product)
        ? catalogue.categoryId(catalogue.categoryOf(product))
        : UNKNOWN;
  }

  @Override
  public long price(int product) {
    return catalogue.isKnown(product) ? catalogue.price(product) : UNKNOWN;
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

  /** Whether the {@code n}-th relevant client bought before the train target. */
  boolean isActive(int n) {
    return active.get(n);
  }
}
