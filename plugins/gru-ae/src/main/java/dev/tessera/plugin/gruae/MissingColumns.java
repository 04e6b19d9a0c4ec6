package dev.tessera.plugin.gruae;

/** What becomes of a column that the data have no values of, or one value only. */
enum MissingColumns {
  /** Fitting fails and names it. */
  ERROR,
  /** The model goes without it; the report says so. */
  DROP
}
