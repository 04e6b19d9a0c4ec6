package dev.tessera.plugin.nexturl;

import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.EventTable;
import dev.tessera.api.PluginContext;
import dev.tessera.neural.EventSequences;
import dev.tessera.neural.SequenceSource;
import java.util.List;

/** The tokens of each client's last visits, in order of time. */
final class UrlSequences implements SequenceSource {

  private final EventTable visits;
  private final int[] tokens;
  private final boolean drop;
  private final EventSequences sequences;

  /**
   * Over a log, which is lent for as long as the sequences are used.
   *
   * @param most the most visits of a client; the last ones count
   */
  UrlSequences(
      EventLog log, UrlVocabulary vocabulary, RareUrls rare, int most, PluginContext context) {
    visits = log.events(EventKind.PAGE_VISIT);
    tokens = vocabulary.tokens(log);
    drop = rare == RareUrls.DROP;
    sequences =
        new EventSequences(
            log,
            new EventSequences.Layout(
                List.of(EventKind.PAGE_VISIT), (kind, item) -> keeps(item), most, false),
            List.of((kind, item, time) -> tokens[item]),
            context);
  }

  private boolean keeps(int item) {
    return !drop || tokens[item] != UrlVocabulary.UNKNOWN;
  }

  @Override
  public int columns() {
    return 1;
  }

  @Override
  public int length(int client) {
    // who visited unknown pages only is still told from who visited none
    int length = sequences.length(client);
    return length == 0 && visits.start(client) < visits.end(client) ? 1 : length;
  }

  @Override
  public Reader reader() {
    Reader known = sequences.reader();
    return (client, target, offset) -> {
      if (sequences.length(client) == 0) {
        target[0][offset] = UrlVocabulary.UNKNOWN;
      } else {
        known.read(client, target, offset);
      }
    };
  }

  /** The tokens of all visits of a client, however many, in order of time; unknown ones too. */
  int[] history(int client) {
    int[] history = new int[visits.end(client) - visits.start(client)];
    for (int i = 0; i < history.length; i++) {
      history[i] = tokens[visits.item(visits.start(client) + i)];
    }
    return history;
  }
}
