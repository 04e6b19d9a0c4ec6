package dev.tessera.host.data;

import java.util.Arrays;

/** Sets of ids as ascending arrays. */
final class SortedIds {

  private SortedIds() {}

  /** All ids that occur in any of the arrays, ascending, each once. */
  static long[] union(long[]... parts) {
    long[] all = new long[Math.toIntExact(Arrays.stream(parts).mapToLong(p -> p.length).sum())];
    int filled = 0;
    for (long[] part : parts) {
      System.arraycopy(part, 0, all, filled, part.length);
      filled += part.length;
    }
    Arrays.parallelSort(all);
    int size = 0;
    for (int i = 0; i < all.length; i++) {
      if (i == 0 || all[i] != all[i - 1]) {
        all[size++] = all[i];
      }
    }
    return Arrays.copyOf(all, size);
  }
}
