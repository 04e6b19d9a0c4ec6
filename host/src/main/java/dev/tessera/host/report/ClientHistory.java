package dev.tessera.host.report;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.EventTable;
import dev.tessera.host.evaluate.EmbeddingMatrix;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the clients of an embedding did, looked up by its rows. */
final class ClientHistory {

  private final EventLog log;
  private final int[] clientOfRow;

  ClientHistory(EventLog log, EmbeddingMatrix matrix) {
    this.log = log;
    ClientSelection selection = ClientSelection.of(matrix.clients());
    int[] indices = log.indexOf(selection);
    clientOfRow = new int[matrix.rows()];
    for (int row = 0; row < clientOfRow.length; row++) {
      clientOfRow[row] = indices[selection.indexOf(matrix.clients()[row])];
    }
  }

  /** Events of all kinds. */
  int events(int row) {
    int events = 0;
    for (EventKind kind : EventKind.values()) {
      events += count(kind, row);
    }
    return events;
  }

  /** Events of one kind. */
  int count(EventKind kind, int row) {
    int client = clientOfRow[row];
    return client < 0 ? 0 : log.events(kind).end(client) - log.events(kind).start(client);
  }

  /** The categories bought, the most bought first, by original id. */
  List<Map.Entry<Long, Integer>> categories(int row) {
    Map<Long, Integer> counts = new LinkedHashMap<>();
    int client = clientOfRow[row];
    EventTable buys = log.events(EventKind.PRODUCT_BUY);
    for (int i = client < 0 ? 0 : buys.start(client); client >= 0 && i < buys.end(client); i++) {
      int category = log.products().category(buys.item(i));
      if (category >= 0) {
        counts.merge(log.products().categoryIds().get(category), 1, Integer::sum);
      }
    }
    return counts.entrySet().stream()
        .sorted(Comparator.comparingInt((Map.Entry<Long, Integer> entry) -> -entry.getValue()))
        .toList();
  }

  /** The category bought most. */
  Optional<Long> favourite(int row) {
    return categories(row).stream().findFirst().map(Map.Entry::getKey);
  }
}
