package dev.tessera.plugin.als;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventLog;
import dev.tessera.api.EventTable;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginException;

/** What fitting takes, in bytes, beside the event log. */
final class AlsMemory {

  /** Batches on their way out, and small things. */
  private static final long FIXED = 16L << 20;

  private AlsMemory() {}

  /** Before the log is read: as if no client had two events with one item. */
  static long estimate(AlsConfig config, EventLog log, int threads) {
    boolean relevant = config.clients() == AlsConfig.Clients.RELEVANT;
    int[] clients = relevant ? log.indexOf(log.relevantClients()) : new int[0];
    long events = 0;
    for (var kind : config.events().keySet()) {
      EventTable table = log.events(kind);
      events += relevant ? 0 : table.rows();
      for (int client : clients) {
        events += client < 0 ? 0 : table.end(client) - table.start(client);
      }
    }
    int rows = relevant ? clients.length : log.clients();
    int items = ItemVocabulary.ids(config.item(), log).getValueCount();
    // codes, used or not, new codes and ids of items; lists of clients, counts and starts
    long vocabulary = 25L * items + 4L * log.products().size() + 24L * rows;
    return vocabulary + solving(config, rows, items, events, threads);
  }

  /**
   * Fails if the matrix that was read, and the factors to come, do not fit into the step's memory.
   */
  static void check(AlsConfig config, InteractionMatrix matrix, PluginContext context) {
    long wanted =
        solving(
            config, matrix.rows(), matrix.columnCount(), matrix.entries(), context.parallelism());
    if (wanted > context.memoryBudgetBytes()) {
      throw new PluginException(
          ErrorCode.OUT_OF_MEMORY,
          "wanted %d MB for %d clients, %d items and %d pairs with factors: %d, found a limit of %d MB; use fewer factors, clients: relevant, or a higher memory limit"
              .formatted(
                  wanted >> 20,
                  matrix.rows(),
                  matrix.columnCount(),
                  matrix.entries(),
                  config.factors(),
                  context.memoryBudgetBytes() >> 20));
    }
  }

  private static long solving(AlsConfig config, long rows, long items, long entries, int threads) {
    long stride = Factors.stride(config.factors());
    long square = stride * stride * Double.BYTES;
    // by clients and by items: a column and a weight each
    long matrix = 2 * 8 * entries + 16 * (rows + items);
    // both sides and a whitened copy of one
    long factors = Float.BYTES * stride * (rows + items + Math.max(rows, items));
    long grams = (Factors.GRAM_SLICES + 8) * square;
    // a task: whitened rows, or normal equations; the entries of its longest row; sums of a
    // client's events, whose list of columns is copied when it grows
    long task = 4096 * stride * Float.BYTES + 2 * square + 256 * stride * Float.BYTES;
    long longest = 16 * Math.max(rows, items) + 17 * items;
    return FIXED + matrix + factors + grams + threads * (task + longest);
  }
}
