package dev.tessera.host.synth;

/**
 * Products, categories and pages by index; the same for one plan and seed. Products lie category by
 * category, within one the most popular first. Categories are in groups of kindred ones: category
 * {@code k} is in department {@code k mod departments}.
 *
 * <p>Page indices: one page a product, a second page a product (a variant with another address),
 * {@link #LIST_PAGES} a category, {@link #GENERAL_PAGES}, then two articles a product, in the
 * category's order. Takes three bytes a product. Immutable, for any thread.
 */
final class Catalogue {

  static final int PRICES = 100;

  private static final int LIST_PAGES = 8;
  private static final int GENERAL_PAGES = 300;
  private static final int ARTICLES_PER_PRODUCT = 2;
  private static final double CATEGORY_SIZE_EXPONENT = -0.7;
  private static final int LEAST_PRODUCTS = 2;
  private static final double LAUNCHED_LATER = 0.3;
  private static final double PRICE_SPREAD = 16;

  /** Every so many-th product lacks properties, unless it is among the best sold of a category. */
  private static final int UNKNOWN_ONE_IN = 120;

  private static final int FIRST_UNKNOWN = 60;

  private static final int ALWAYS_KNOWN_RANKS = 3;
  private static final int LEAST_SKU_RANGE = 1_300_000;
  private static final int LEAST_CATEGORY_RANGE = 7_000;
  private static final int LEAST_URL_RANGE = 10_000_000;
  private static final long PRODUCT_SALT = 0x70726f64L;
  private static final long CATEGORY_SALT = 0x63617465L;

  private final int categories;
  private final int products;
  private final int departments;

  /** Category {@code k} has the products {@code first[k]} to {@code first[k + 1]} (exclusive). */
  private final int[] first;

  private final byte[] price;
  private final short[] launchDay;
  private final IdScatter skus;
  private final IdScatter categoryIds;
  private final IdScatter urls;
  private final long seed;

  Catalogue(ShopPlan plan) {
    categories = plan.categories();
    products = plan.products();
    departments = Math.max(2, (int) Math.sqrt(categories));
    first = firstProducts(categories, products);
    price = new byte[products];
    launchDay = new short[products];
    skus = new IdScatter(products, LEAST_SKU_RANGE);
    categoryIds = new IdScatter(categories, LEAST_CATEGORY_RANGE);
    urls = new IdScatter(firstArticle() + (long) ARTICLES_PER_PRODUCT * products, LEAST_URL_RANGE);
    seed = plan.seed();
    for (int category = 0; category < categories; category++) {
      fill(category, plan.days());
    }
  }

  private static int[] firstProducts(int categories, int products) {
    double[] weight = new double[categories + 1];
    for (int k = 0; k < categories; k++) {
      weight[k + 1] = weight[k] + StrictMath.pow(k + 1.0, CATEGORY_SIZE_EXPONENT);
    }
    int spare = products - LEAST_PRODUCTS * categories;
    int[] first = new int[categories + 1];
    for (int k = 1; k <= categories; k++) {
      first[k] = LEAST_PRODUCTS * k + (int) (spare * (weight[k] / weight[categories]));
    }
    return first;
  }

  private void fill(int category, int days) {
    ShopRandom random = new ShopRandom(ShopRandom.mix(seed ^ CATEGORY_SALT, category));
    double level = random.between(8, 92);
    for (int product = first[category]; product < first[category + 1]; product++) {
      price[product] = (byte) clampedPrice(level + PRICE_SPREAD * random.normal());
      boolean later = random.chance(LAUNCHED_LATER) && product > first[category];
      launchDay[product] = (short) (later ? 1 + random.below(days - 1) : 0);
    }
  }

  static int clampedPrice(double price) {
    return (int) Math.max(0, Math.min(PRICES - 1, price));
  }

  int categories() {
    return categories;
  }

  int products() {
    return products;
  }

  /** The category that has {@code product}; a binary search. */
  int categoryOf(int product) {
    int low = 0;
    int high = categories;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (first[middle] <= product) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  int price(int product) {
    return price[product];
  }

  /** Whether the product table has it. */
  boolean isKnown(int product) {
    return product % UNKNOWN_ONE_IN != FIRST_UNKNOWN
        || product - first[categoryOf(product)] < ALWAYS_KNOWN_RANKS;
  }

  long productHash(int product) {
    return ShopRandom.mix(seed ^ PRODUCT_SALT, product);
  }

  long categoryHash(int category) {
    return ShopRandom.mix(seed ^ CATEGORY_SALT ^ PRODUCT_SALT, category);
  }

  long sku(int product) {
    return skus.id(product);
  }

  long categoryId(int category) {
    return categoryIds.id(category);
  }

  long url(int page) {
    return urls.id(page);
  }

  /** A department, by popularity. */
  int drawDepartment(ShopRandom random) {
    return random.evenRank(departments);
  }

  /** A category of {@code department}, by popularity. */
  int drawCategory(int department, ShopRandom random) {
    int members = (categories - department + departments - 1) / departments;
    return department + departments * random.evenRank(members);
  }

  /**
   * The product of {@code category} that someone with a price level looks at: of three popular ones
   * on sale the nearest in price.
   */
  int drawProduct(int category, int wantedPrice, int day, ShopRandom random) {
    int start = first[category];
    int count = first[category + 1] - start;
    int best = start;
    int bestDistance = Integer.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      int product = start + random.popularRank(count);
      int distance = Math.abs(price[product] - wantedPrice);
      if (distance < bestDistance && launchDay[product] <= day) {
        best = product;
        bestDistance = distance;
      }
    }
    return best;
  }

  /** The page of a product; one visit in seven comes by the other address. */
  int productPage(int product, ShopRandom random) {
    return random.chance(0.15) ? products + product : product;
  }

  int listPage(int category, ShopRandom random) {
    return 2 * products + LIST_PAGES * category + random.popularRank(LIST_PAGES);
  }

  /** Home, cart, help and their like. */
  int generalPage(ShopRandom random) {
    return 2 * products + LIST_PAGES * categories + random.popularRank(GENERAL_PAGES);
  }

  int article(int category, ShopRandom random) {
    int count = ARTICLES_PER_PRODUCT * (first[category + 1] - first[category]);
    return firstArticle() + ARTICLES_PER_PRODUCT * first[category] + random.popularRank(count);
  }

  private int firstArticle() {
    return 2 * products + LIST_PAGES * categories + GENERAL_PAGES;
  }
}
