package dev.tessera.neural;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;

/**
 * Which clients form which batch: sequences of equal length together, or nearly equal where there
 * are few of a length. A pure function of its arguments, so a seed fixes it.
 */
public final class BatchPlan {

  /** At most one token in so many of a batch is padding. */
  private static final int PADDING_SHARE = 16;

  private final List<int[]> batches;
  private final long tokens;

  private BatchPlan(List<int[]> batches, long tokens) {
    this.batches = batches;
    this.tokens = tokens;
  }

  /** Batches in ascending order of length, clients of one length in the order given. */
  public static BatchPlan ordered(int[] clients, IntUnaryOperator length, BatchOptions options) {
    return cut(sortedByLength(clients, length), length, options);
  }

  /** Batches in random order, of clients that are random among those of their length. */
  public static BatchPlan shuffled(
      int[] clients, IntUnaryOperator length, BatchOptions options, SplittableRandom random) {
    int[] shuffled = clients.clone();
    for (int i = shuffled.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = shuffled[i];
      shuffled[i] = shuffled[j];
      shuffled[j] = swapped;
    }
    BatchPlan plan = ordered(shuffled, length, options);
    for (int i = plan.batches.size() - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int[] swapped = plan.batches.get(i);
      plan.batches.set(i, plan.batches.get(j));
      plan.batches.set(j, swapped);
    }
    return plan;
  }

  private static int[] sortedByLength(int[] clients, IntUnaryOperator length) {
    int longest = Arrays.stream(clients).map(length).max().orElse(0);
    int[] starts = new int[longest + 2];
    for (int client : clients) {
      starts[length.applyAsInt(client) + 1]++;
    }
    Arrays.parallelPrefix(starts, Integer::sum);
    int[] sorted = new int[clients.length];
    for (int client : clients) {
      sorted[starts[length.applyAsInt(client)]++] = client;
    }
    return sorted;
  }

  private static BatchPlan cut(int[] sorted, IntUnaryOperator length, BatchOptions options) {
    List<int[]> batches = new ArrayList<>();
    long all = 0;
    int from = 0;
    long tokens = 0;
    for (int i = 0; i < sorted.length; i++) {
      int width = length.applyAsInt(sorted[i]);
      long area = (long) width * (i - from + 1);
      boolean full = i - from == options.maxSequences() || area > options.maxTokens();
      boolean loose = (area - tokens - width) * PADDING_SHARE > area;
      if (i > from && (full || loose)) {
        batches.add(Arrays.copyOfRange(sorted, from, i));
        from = i;
        tokens = 0;
      }
      tokens += width;
      all += width;
    }
    if (from < sorted.length) {
      batches.add(Arrays.copyOfRange(sorted, from, sorted.length));
    }
    return new BatchPlan(batches, all);
  }

  /** The number of batches. */
  public int size() {
    return batches.size();
  }

  /** The clients of a batch; not to be changed. */
  public int[] clients(int batch) {
    return batches.get(batch);
  }

  /** The number of tokens of all batches, padding not counted. */
  public long tokens() {
    return tokens;
  }
}
