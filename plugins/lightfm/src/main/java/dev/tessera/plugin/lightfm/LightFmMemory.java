package dev.tessera.plugin.lightfm;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.EventTable;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginException;

/** What fitting takes, in bytes, beside the event log. */
final class LightFmMemory {

  /** Batches on their way out, copies of shared weights, and small things. */
  private static final long FIXED = 32L << 20;

  private LightFmMemory() {}

  /** Before the log is read: as if no client had two events with one sku. */
  static long estimate(LightFmConfig config, EventLog log) {
    boolean all = config.clients() == LightFmConfig.Clients.ALL;
    int[] clients = all ? new int[0] : log.indexOf(log.relevantClients());
    long events = 0;
    for (EventKind kind : config.events().keySet()) {
      EventTable table = log.events(kind);
      events += all ? table.rows() : 0;
      for (int client : clients) {
        events += client < 0 ? 0 : table.end(client) - table.start(client);
      }
    }
    int rows = all ? log.clients() : clients.length;
    int categories =
        config.skuFeatures().category() ? log.products().categoryIds().getValueCount() : 0;
    // a client without an event has no row
    return bytes(
            config,
            Math.min(rows, events),
            Math.min(log.products().size(), events),
            categories,
            events)
        + 9L * log.products().size()
        + 8L * rows;
  }

  /** Fails if the pairs that were read, and the weights to come, do not fit. */
  static void check(LightFmConfig config, TrainingData data, PluginContext context) {
    Pairs pairs = data.pairs();
    long wanted = bytes(config, pairs.clients(), pairs.skuCount(), 0, pairs.size());
    if (wanted > context.memoryBudgetBytes()) {
      throw new PluginException(
          ErrorCode.OUT_OF_MEMORY,
          "wanted %d MB for %d clients, %d skus and %d pairs with components: %d, found a limit of %d MB; use fewer components, clients: relevant, or a higher memory limit"
              .formatted(
                  wanted >> 20,
                  pairs.clients(),
                  pairs.skuCount(),
                  pairs.size(),
                  config.components(),
                  context.memoryBudgetBytes() >> 20));
    }
  }

  private static long bytes(
      LightFmConfig config, long clients, long skus, long categories, long pairs) {
    FeatureShape shape = FeatureShape.of(config);
    long vector = Float.BYTES * (Rows.stride(config.components()) + 1L);
    // weights, the optimiser's memory, and the sums over features at the end
    long arrays = config.optimizer().keepsSteps() ? 4 : 3;
    long copies = Trainer.MAX_SHARING_PARTS + 1L;
    long numbers =
        Float.BYTES
            * (clients * Rows.stride(shape.clientNumbers())
                + skus * Rows.stride(shape.skuNumbers()));
    // read in blocks and then collected: a sku and a weight twice; order and client of each pair
    return FIXED
        + arrays * vector * (clients + skus + copies * categories)
        + numbers
        + 24 * pairs
        + 16 * (clients + skus);
  }
}
