package dev.tessera.plugin.als;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventLog;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.arrow.vector.BigIntVector;

/**
 * The matrix a model is fitted on: only clients and items with an entry, both in ascending order of
 * ids.
 *
 * @param matrix clients × items
 * @param itemIds original ids of the columns, strictly ascending
 * @param notes what was left out, for the user
 */
record TrainingMatrix(InteractionMatrix matrix, long[] itemIds, List<String> notes) {

  /** Clients of one task. */
  private static final int BLOCK = 1024;

  /**
   * Reads the log twice: to count, then to fill arrays of the right size.
   *
   * @throws PluginException if there are more entries than an array holds
   */
  static TrainingMatrix of(AlsConfig config, EventLog log, PluginContext context) {
    int[] clients =
        switch (config.clients()) {
          case ALL -> IntStream.range(0, log.clients()).toArray();
          case RELEVANT ->
              Arrays.stream(log.indexOf(log.relevantClients())).filter(c -> c >= 0).toArray();
        };
    BigIntVector ids = ItemVocabulary.ids(config.item(), log);
    int[] columnOfCode = ItemVocabulary.columns(config.item(), log);
    int[] counts = new int[clients.length];
    // Threads write only true, and are joined before it is read.
    boolean[] used = new boolean[ids.getValueCount()];
    Pool<ClientItems> readers =
        new Pool<>(() -> new ClientItems(config, log, columnOfCode, used.length));

    forClients(
        context,
        clients,
        readers,
        (items, i, count) -> {
          counts[i] = count;
          for (int e = 0; e < count; e++) {
            used[items.columns()[e]] = true;
          }
        });
    List<String> notes = notes(config, readers);

    int[] newColumns = new int[used.length];
    long[] itemIds = new long[used.length];
    int columnCount = 0;
    for (int column = 0; column < used.length; column++) {
      newColumns[column] = columnCount;
      if (used[column]) {
        itemIds[columnCount++] = ids.get(column);
      }
    }
    int[] starts = new int[clients.length];
    int[] rowStarts = starts(counts, starts);
    int[] columns = new int[rowStarts[rowStarts.length - 1]];
    float[] weights = new float[columns.length];
    forClients(
        context,
        clients,
        readers,
        (items, i, count) -> {
          for (int e = 0; e < count; e++) {
            columns[starts[i] + e] = newColumns[items.columns()[e]];
            weights[starts[i] + e] = items.weights()[e];
          }
        });
    return new TrainingMatrix(
        new InteractionMatrix(columnCount, rowStarts, columns, weights),
        Arrays.copyOf(itemIds, columnCount),
        notes);
  }

  /** The start of each client's entries, and the starts [rows + 1] of the clients with entries. */
  private static int[] starts(int[] counts, int[] starts) {
    int[] rowStarts = new int[counts.length + 1];
    int rows = 0;
    long total = 0;
    for (int i = 0; i < counts.length; i++) {
      starts[i] = (int) total;
      total += counts[i];
      if (total > Integer.MAX_VALUE - 8) {
        throw new PluginException(
            ErrorCode.INVALID_DATA,
            "wanted at most 2^31 client-item pairs, found more; use clients: relevant or item: category");
      }
      if (counts[i] > 0) {
        rowStarts[++rows] = (int) total;
      }
    }
    return Arrays.copyOf(rowStarts, rows + 1);
  }

  private static List<String> notes(AlsConfig config, Pool<ClientItems> readers) {
    long skipped = readers.idle().mapToLong(ClientItems::skippedEvents).sum();
    long dropped = readers.idle().mapToLong(ClientItems::droppedPairs).sum();
    List<String> notes = new ArrayList<>();
    if (skipped > 0) {
      notes.add("%d events of products without a category were left out".formatted(skipped));
    }
    if (dropped > 0) {
      notes.add(
          "%d pairs of client and %s whose weights do not sum to more than 0 were left out"
              .formatted(dropped, config.item().key()));
    }
    return notes;
  }

  private interface RowBody {
    void accept(ClientItems items, int i, int count);
  }

  private static void forClients(
      PluginContext context, int[] clients, Pool<ClientItems> readers, RowBody body) {
    context.parallel(
        (clients.length + BLOCK - 1) / BLOCK,
        task ->
            readers.lend(
                items -> {
                  int last = Math.min(clients.length, (task + 1) * BLOCK);
                  for (int i = task * BLOCK; i < last; i++) {
                    body.accept(items, i, items.read(clients[i]));
                  }
                }));
  }
}
