package dev.tessera.plugin.nexturl;

/** What a draw of negatives is for. */
enum NegativesPer {
  /** One draw for all sequences of a batch: a product of two matrices instead of one each. */
  BATCH,
  /** A draw for each sequence, with repeats, of urls that are not in it. */
  SEQUENCE
}
