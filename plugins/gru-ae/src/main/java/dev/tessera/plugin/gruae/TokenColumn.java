package dev.tessera.plugin.gruae;

/** What a token says of an event, one code per column. */
enum TokenColumn {
  /** Days since the first one. */
  DAY,
  /** Weeks (from Monday) since the first one. */
  WEEK,
  /** Calendar months since the first one. */
  MONTH,
  /** The hour of the day, UTC. */
  HOUR,
  /** The table. */
  EVENT_TYPE,
  /** The product's category. */
  CATEGORY,
  /** The product's price bucket. */
  PRICE,
  /** The product. */
  SKU,
  /** The page. */
  URL,
  /** The 16 codes of the name of each product touched, in order; stands alone. */
  NAME_CODES;

  /** The name in files and configurations. */
  String key() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }

  /** Whether the values are original ids, with a vocabulary of their own. */
  boolean isId() {
    return this == CATEGORY || this == PRICE || this == SKU || this == URL;
  }

  /** Whether the values count from the first event on. */
  boolean isTime() {
    return this == DAY || this == WEEK || this == MONTH;
  }
}
