package dev.tessera.plugin.nexturl;

import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.EventTable;
import dev.tessera.neural.IdVocabulary;
import java.util.stream.IntStream;
import org.apache.arrow.vector.BigIntVector;

/**
 * The urls that have a token: original ids, ascending. Token 0 is padding and no url's, {@link
 * #UNKNOWN} that of all other urls, and the i-th url has {@link #FIRST} + i.
 */
final class UrlVocabulary {

  /** The token of urls that are not in the vocabulary. */
  static final int UNKNOWN = IdVocabulary.of(new long[0], true).unknown();

  /** The token of the smallest url id. */
  static final int FIRST = IdVocabulary.of(new long[0], true).firstKept();

  private final IdVocabulary ids;
  private final int urls;

  /** Of some ids, strictly ascending. */
  UrlVocabulary(long[] ids) {
    this.ids = IdVocabulary.of(ids, true);
    this.urls = ids.length;
  }

  /** Of the urls that some clients (dense indices) visited at least so many times. */
  static UrlVocabulary fit(EventLog log, int[] clients, int minVisits) {
    BigIntVector urlIds = log.urlIds();
    int[] counts = new int[urlIds.getValueCount()];
    EventTable visits = log.events(EventKind.PAGE_VISIT);
    for (int client : clients) {
      for (int row = visits.start(client); row < visits.end(client); row++) {
        counts[visits.item(row)]++;
      }
    }
    return new UrlVocabulary(
        IntStream.range(0, counts.length)
            .filter(code -> counts[code] >= minVisits)
            .mapToLong(urlIds::get)
            .toArray());
  }

  /** The number of urls. */
  int urls() {
    return urls;
  }

  /** V, the number of tokens, padding and the like included. */
  int size() {
    return ids.size();
  }

  /** Original ids, ascending. */
  long[] ids() {
    return ids.ids().toArray();
  }

  /** The token of each url code of a log. */
  int[] tokens(EventLog log) {
    return ids.tokens(log.urlIds());
  }
}
