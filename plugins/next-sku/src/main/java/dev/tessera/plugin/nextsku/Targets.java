package dev.tessera.plugin.nextsku;

import dev.tessera.neural.PackedTokens;
import dev.tessera.neural.RowSubset;
import dev.tessera.neural.TokenVectors;

/**
 * What is to be told at each position of a batch, and where it counts.
 *
 * @param labels the tokens that follow
 * @param categories positions before an event with a known category
 * @param events positions before an event: all
 * @param prices positions before an event with a known price
 */
record Targets(PackedTokens labels, RowSubset categories, RowSubset events, RowSubset prices) {

  /** Of tokens that follow others. */
  static Targets of(PackedTokens labels) {
    int[] category = labels.columns()[ProductEvents.CATEGORY];
    int[] price = labels.columns()[ProductEvents.PRICE];
    int all = labels.size();
    return new Targets(
        labels,
        RowSubset.where(all, at -> category[at] >= ProductCodes.FIRST),
        RowSubset.where(all, at -> true),
        RowSubset.where(all, at -> price[at] != TokenVectors.Number.MISSING));
  }
}
