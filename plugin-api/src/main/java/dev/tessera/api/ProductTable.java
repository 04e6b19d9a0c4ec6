package dev.tessera.api;

import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TinyIntVector;

/**
 * Every sku that occurs in an event or in the product file, by sku code. Views of shared memory,
 * read-only.
 *
 * @param skus [M] original ids, strictly ascending; the row is the sku code
 * @param known [M] 1 if the product file has the sku, else 0 ("unknown product")
 * @param categories [M] category codes, -1 if unknown
 * @param prices [M] price codes, -1 if unknown
 * @param names [M] 16 unsigned bytes; zeros if unknown
 * @param categoryIds original ids by category code, strictly ascending
 * @param priceIds original price buckets by price code, strictly ascending
 */
public record ProductTable(
    BigIntVector skus,
    TinyIntVector known,
    IntVector categories,
    IntVector prices,
    FixedSizeBinaryVector names,
    BigIntVector categoryIds,
    BigIntVector priceIds) {

  /** The number of bytes of a product name or a search query. */
  public static final int TEXT_CODES = 16;

  /** M, the number of skus. */
  public int size() {
    return skus.getValueCount();
  }

  /** Whether the product file has this sku. */
  public boolean isKnown(int sku) {
    return known.get(sku) != 0;
  }

  /** The category code of a sku, or -1. */
  public int category(int sku) {
    return categories.get(sku);
  }

  /** The price code of a sku, or -1. */
  public int price(int sku) {
    return prices.get(sku);
  }
}
