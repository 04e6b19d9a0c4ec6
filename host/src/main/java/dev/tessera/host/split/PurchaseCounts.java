package dev.tessera.host.split;

/** How often each product of a log was bought; products are numbered from 0 in any order. */
public interface PurchaseCounts {

  /** Marks a category or price that is not known. */
  long UNKNOWN = -1;

  /** The number of products, which may include some that were never bought. */
  int products();

  /** The original id. */
  long sku(int product);

  /** The original category, or {@link #UNKNOWN}. */
  long category(int product);

  /** The price bucket, or {@link #UNKNOWN}. */
  long price(int product);

  /** Purchases in the whole log. */
  long ever(int product);

  /** Purchases before the train target, by anyone. */
  long beforeTarget(int product);

  /** Purchases in the train target. */
  long inTrainTarget(int product);

  /** All purchases of the log. */
  long rows();
}
