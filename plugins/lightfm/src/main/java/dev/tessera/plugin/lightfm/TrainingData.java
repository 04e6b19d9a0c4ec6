package dev.tessera.plugin.lightfm;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a model is fitted on: clients and skus with a pair, both in ascending order of ids.
 *
 * @param pairs clients × skus
 * @param clients [N] dense indices in the log
 * @param skus [M] sku codes of the log
 * @param notes what was left out, for the user
 */
record TrainingData(Pairs pairs, int[] clients, int[] skus, List<String> notes) {

  private static final int BLOCK = 4096;

  /** The pairs of some clients, one after the other. */
  private record Block(int[] counts, int[] skus, float[] weights, long dropped) {}

  /**
   * Reads a log.
   *
   * @throws PluginException if there is nothing to learn from; the message says why
   */
  static TrainingData of(LightFmConfig config, EventLog log, PluginContext context) {
    int[] clients =
        switch (config.clients()) {
          case ALL -> IntStream.range(0, log.clients()).toArray();
          case RELEVANT ->
              Arrays.stream(log.indexOf(log.relevantClients())).filter(c -> c >= 0).toArray();
        };
    Block[] blocks = new Block[(clients.length + BLOCK - 1) / BLOCK];
    context.parallel(
        blocks.length,
        block -> {
          int end = Math.min(clients.length, (block + 1) * BLOCK);
          int[] some = Arrays.copyOfRange(clients, block * BLOCK, end);
          blocks[block] = read(new ClientPairs(config, log), some);
        });
    requirePairs(config, blocks);
    boolean[] used = new boolean[log.products().size()];
    for (Block block : blocks) {
      for (int sku : block.skus()) {
        used[sku] = true;
      }
    }
    int[] skus = IntStream.range(0, used.length).filter(sku -> used[sku]).toArray();
    return collect(clients, blocks, skus, used.length);
  }

  private static Block read(ClientPairs reader, int[] clients) {
    int[] counts = new int[clients.length];
    int[] skus = new int[clients.length * 4];
    float[] weights = new float[skus.length];
    int size = 0;
    long dropped = 0;
    for (int i = 0; i < clients.length; i++) {
      int count = reader.read(clients[i]);
      if (size + count > skus.length) {
        int larger = Math.max(size + count, 2 * skus.length);
        skus = Arrays.copyOf(skus, larger);
        weights = Arrays.copyOf(weights, larger);
      }
      System.arraycopy(reader.skus(), 0, skus, size, count);
      System.arraycopy(reader.weights(), 0, weights, size, count);
      counts[i] = count;
      size += count;
      dropped += reader.dropped();
    }
    return new Block(counts, Arrays.copyOf(skus, size), Arrays.copyOf(weights, size), dropped);
  }

  private static void requirePairs(LightFmConfig config, Block[] blocks) {
    long size = 0;
    long dropped = 0;
    boolean positive = false;
    for (Block block : blocks) {
      size += block.skus().length;
      dropped += block.dropped();
      for (float weight : block.weights()) {
        positive |= weight > 0;
      }
    }
    String tables =
        config.events().keySet().stream()
            .map(EventKind::tableName)
            .collect(Collectors.joining(", "));
    if (size + dropped == 0) {
      throw new PluginException(
          ErrorCode.INVALID_DATA,
          "wanted events of %s clients in %s, found none; use other events%s"
              .formatted(
                  config.clients() == LightFmConfig.Clients.ALL ? "any" : "relevant",
                  tables,
                  config.clients() == LightFmConfig.Clients.ALL ? "" : ", or clients: all"));
    }
    if (!positive) {
      throw new PluginException(
          ErrorCode.INVALID_DATA,
          "wanted a pair of client and sku whose weights sum to more than 0, found %,d pairs in %s, all at 0 or below; raise the weights in events"
              .formatted(size + dropped, tables));
    }
    if (size > Integer.MAX_VALUE - 8) {
      throw new PluginException(
          ErrorCode.INVALID_DATA,
          "wanted at most 2^31 pairs of client and sku, found %,d; use clients: relevant"
              .formatted(size));
    }
  }

  /** Drops the clients without a pair, and those with every sku. */
  private static TrainingData collect(int[] clients, Block[] blocks, int[] skus, int skuCodes) {
    int[] newSku = new int[skuCodes];
    for (int sku = 0; sku < skus.length; sku++) {
      newSku[skus[sku]] = sku;
    }
    int all = Arrays.stream(blocks).mapToInt(block -> block.skus().length).sum();
    int[] starts = new int[clients.length + 1];
    int[] kept = new int[clients.length];
    int[] columns = new int[all];
    float[] weights = new float[all];
    int rows = 0;
    int size = 0;
    int full = 0;
    for (int b = 0; b < blocks.length; b++) {
      int from = 0;
      for (int i = 0; i < blocks[b].counts().length; i++) {
        int count = blocks[b].counts()[i];
        if (count == skus.length) {
          full++;
        } else if (count > 0) {
          for (int e = 0; e < count; e++) {
            columns[size + e] = newSku[blocks[b].skus()[from + e]];
          }
          System.arraycopy(blocks[b].weights(), from, weights, size, count);
          size += count;
          kept[rows++] = clients[b * BLOCK + i];
          starts[rows] = size;
        }
        from += count;
      }
    }
    if (rows == 0) {
      throw new PluginException(
          ErrorCode.INVALID_DATA,
          "wanted a client who leaves out some sku, found that all %d have every one of the %d skus, so that there is none to compare with; use other events, or clients: all"
              .formatted(full, skus.length));
    }
    Pairs pairs =
        new Pairs(
            skus.length,
            Arrays.copyOf(starts, rows + 1),
            Arrays.copyOf(columns, size),
            Arrays.copyOf(weights, size));
    long dropped = Arrays.stream(blocks).mapToLong(Block::dropped).sum();
    return new TrainingData(pairs, Arrays.copyOf(kept, rows), skus, notes(dropped, full));
  }

  private static List<String> notes(long dropped, int full) {
    List<String> notes = new ArrayList<>();
    if (dropped > 0) {
      notes.add(
          "%d pairs of client and sku whose weights do not sum to more than 0 were left out"
              .formatted(dropped));
    }
    if (full > 0) {
      notes.add(
          "%d clients have every sku, so that there is none to compare with: they were left out"
              .formatted(full));
    }
    return notes;
  }
}
