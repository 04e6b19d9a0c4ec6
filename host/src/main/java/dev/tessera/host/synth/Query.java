package dev.tessera.host.synth;

/**
 * A search packed into a long: what is searched for and which of the many ways to put it. Two
 * searches of one value have the same text.
 */
final class Query {

  private static final int WORDINGS = 64;
  private static final long FOR_PRODUCT = 1L << 62;

  private Query() {}

  /** A search for a product, in a popular or a rare wording. */
  static long forProduct(int product, ShopRandom random) {
    return FOR_PRODUCT | forCategory(product, random);
  }

  /** A search for a category. */
  static long forCategory(int category, ShopRandom random) {
    return (long) category * WORDINGS + random.popularRank(WORDINGS);
  }

  static boolean isForProduct(long query) {
    return (query & FOR_PRODUCT) != 0;
  }

  /** The product or category. */
  static int target(long query) {
    return (int) ((query & ~FOR_PRODUCT) / WORDINGS);
  }

  /** Of target and wording. */
  static long hash(long query) {
    return ShopRandom.mix(query, WORDINGS);
  }
}
