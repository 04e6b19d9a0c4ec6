package dev.tessera.plugin.lightfm;

import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.EventTable;
import java.util.Arrays;
import java.util.Map;

/**
 * Sums the weights of one client's events by sku: the events are gathered as (sku, table) in one
 * number each, sorted, and summed run by run. One per task.
 */
final class ClientPairs {

  /** The tables of the log are fewer than 2^3. */
  private static final int KIND_BITS = 3;

  private final EventLog log;
  private final Map<EventKind, Double> events;
  private final double[] weightOfKind = new double[1 << KIND_BITS];
  private final boolean keepsNegative;
  private long[] gathered = new long[64];
  private int[] skus = new int[64];
  private float[] weights = new float[64];
  private int dropped;

  ClientPairs(LightFmConfig config, EventLog log) {
    this.log = log;
    this.events = config.events();
    events.forEach((kind, weight) -> weightOfKind[kind.ordinal()] = weight);
    this.keepsNegative = config.loss() == LightFmConfig.Loss.LOGISTIC;
  }

  /**
   * Reads a client's events.
   *
   * @param client dense index in the log, or -1 for one who is not in it
   * @return how many of {@link #skus} and {@link #weights} are valid until the next call
   */
  int read(int client) {
    int count = client < 0 ? 0 : gather(client);
    Arrays.sort(gathered, 0, count);
    int pairs = 0;
    dropped = 0;
    for (int i = 0; i < count; ) {
      int sku = (int) (gathered[i] >> KIND_BITS);
      double sum = 0;
      for (; i < count && gathered[i] >> KIND_BITS == sku; i++) {
        sum += weightOfKind[(int) gathered[i] & ((1 << KIND_BITS) - 1)];
      }
      // 0.7 - 0.5 - … may leave a rest of 1e-17 where nothing is meant
      float weight = (float) (Math.abs(sum) < 1e-9 ? 0 : sum);
      if (weight > 0 || (weight < 0 && keepsNegative)) {
        skus[pairs] = sku;
        weights[pairs++] = weight;
      } else {
        dropped++;
      }
    }
    return pairs;
  }

  private int gather(int client) {
    int count = 0;
    for (EventKind kind : events.keySet()) {
      EventTable table = log.events(kind);
      int end = table.end(client);
      int start = table.start(client);
      if (count + end - start > gathered.length) {
        int larger = Math.max(count + end - start, 2 * gathered.length);
        gathered = Arrays.copyOf(gathered, larger);
        skus = new int[larger];
        weights = new float[larger];
      }
      for (int row = start; row < end; row++) {
        gathered[count++] = (long) table.item(row) << KIND_BITS | kind.ordinal();
      }
    }
    return count;
  }

  /** Sku codes of the log, ascending. */
  int[] skus() {
    return skus;
  }

  /** The sums. */
  float[] weights() {
    return weights;
  }

  /** Pairs of the last client that were left out for their sum. */
  int dropped() {
    return dropped;
  }
}
