package dev.tessera.plugin.nextsku;

import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.EventTable;
import dev.tessera.neural.IdVocabulary;
import dev.tessera.neural.TokenVectors;
import java.util.stream.IntStream;

/**
 * What is known of products, as fitted: the categories that occur, by original id, and how prices
 * spread. Category token 0 is padding, {@link #UNKNOWN} that of products without a category and of
 * categories that were not seen, and the i-th category has {@link #FIRST} + i.
 *
 * @param categories original ids, ascending
 * @param priceMean of the events learnt from
 * @param priceDeviation standard deviation; 1 if all are alike
 */
record ProductCodes(long[] categories, float priceMean, float priceDeviation) {

  /** The category token of products without one, or with one that was not seen. */
  static final int UNKNOWN = IdVocabulary.of(new long[0], true).unknown();

  /** The token of the smallest category id. */
  static final int FIRST = IdVocabulary.of(new long[0], true).firstKept();

  /** Of what some clients (dense indices) did. */
  static ProductCodes fit(EventLog log, int[] clients) {
    long[] counts = new long[log.products().categoryIds().getValueCount()];
    int[] prices = prices(log);
    long priced = 0;
    double sum = 0;
    double squares = 0;
    for (EventKind kind : ProductEvents.ORDER) {
      EventTable table = log.events(kind);
      for (int client : clients) {
        for (int row = table.start(client); row < table.end(client); row++) {
          int category = log.products().category(table.item(row));
          if (category >= 0) {
            counts[category]++;
          }
          int price = prices[table.item(row)];
          if (price != TokenVectors.Number.MISSING) {
            priced++;
            sum += price;
            squares += (double) price * price;
          }
        }
      }
    }
    double mean = priced == 0 ? 0 : sum / priced;
    double variance = priced == 0 ? 0 : squares / priced - mean * mean;
    return new ProductCodes(
        IntStream.range(0, counts.length)
            .filter(category -> counts[category] > 0)
            .mapToLong(log.products().categoryIds()::get)
            .toArray(),
        (float) mean,
        variance > 0 ? (float) Math.sqrt(variance) : 1);
  }

  /** The number of category tokens, padding and the like included. */
  int tokens() {
    return FIRST + categories.length;
  }

  /** The category token of each sku of a log. */
  int[] categoryOfSku(EventLog log) {
    int[] tokens = IdVocabulary.of(categories, true).tokens(log.products().categoryIds());
    return IntStream.range(0, log.products().size())
        .map(sku -> log.products().category(sku))
        .map(category -> category < 0 ? UNKNOWN : tokens[category])
        .toArray();
  }

  /** The price bucket of each sku of a log, or {@link TokenVectors.Number#MISSING}. */
  static int[] prices(EventLog log) {
    return IntStream.range(0, log.products().size())
        .map(sku -> log.products().price(sku))
        .map(
            price ->
                price < 0
                    ? TokenVectors.Number.MISSING
                    : Math.toIntExact(log.products().priceIds().get(price)))
        .toArray();
  }
}
