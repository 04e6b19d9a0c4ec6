package dev.tessera.host.data;

import java.util.Arrays;
import org.apache.arrow.memory.ArrowBuf;

/**
 * Sorts each client's events by time, equal times staying in order: insertion sort in short runs,
 * which are then merged. Works in arrays of its own as long as the longest slice. Not safe for
 * several threads; several sorters may work on different slices of the same buffers.
 */
final class ClientTimeSort {

  private static final int RUN = 24;

  private final ArrowBuf timeBuffer;
  private final ArrowBuf itemBuffer;
  private long[] times = new long[1 << 10];
  private int[] items = new int[1 << 10];
  private long[] mergedTimes = new long[0];
  private int[] mergedItems = new int[0];

  /** A sorter of int64 times and the int32 items beside them. */
  ClientTimeSort(ArrowBuf timeBuffer, ArrowBuf itemBuffer) {
    this.timeBuffer = timeBuffer;
    this.itemBuffer = itemBuffer;
  }

  /** Sorts the rows {@code from … to - 1}. */
  void sort(int from, int to) {
    int size = to - from;
    if (size < 2 || loadTimes(from, size)) {
      return;
    }
    for (int i = 0; i < size; i++) {
      items[i] = itemBuffer.getInt((long) Integer.BYTES * (from + i));
    }
    for (int start = 0; start < size; start += RUN) {
      insertionSort(start, Math.min(size, start + RUN));
    }
    for (int width = RUN; width < size; width *= 2) {
      mergeRuns(size, width);
    }
    for (int i = 0; i < size; i++) {
      timeBuffer.setLong((long) Long.BYTES * (from + i), times[i]);
      itemBuffer.setInt((long) Integer.BYTES * (from + i), items[i]);
    }
  }

  /** Copies a slice; true if it is sorted already. */
  private boolean loadTimes(int from, int size) {
    if (times.length < size) {
      times = new long[Math.max(size, 2 * times.length)];
      items = new int[times.length];
    }
    boolean sorted = true;
    long previous = Long.MIN_VALUE;
    for (int i = 0; i < size; i++) {
      long time = timeBuffer.getLong((long) Long.BYTES * (from + i));
      times[i] = time;
      sorted &= previous <= time;
      previous = time;
    }
    return sorted;
  }

  private void insertionSort(int start, int end) {
    for (int i = start + 1; i < end; i++) {
      long time = times[i];
      int item = items[i];
      int hole = i;
      while (hole > start && times[hole - 1] > time) {
        times[hole] = times[hole - 1];
        items[hole] = items[hole - 1];
        hole--;
      }
      times[hole] = time;
      items[hole] = item;
    }
  }

  private void mergeRuns(int size, int width) {
    if (mergedTimes.length < times.length) {
      mergedTimes = new long[times.length];
      mergedItems = new int[times.length];
    }
    for (int start = 0; start < size; start += 2 * width) {
      merge(start, Math.min(size, start + width), Math.min(size, start + 2 * width));
    }
    long[] swappedTimes = times;
    times = mergedTimes;
    mergedTimes = swappedTimes;
    int[] swappedItems = items;
    items = mergedItems;
    mergedItems = swappedItems;
  }

  private void merge(int start, int middle, int end) {
    int left = start;
    int right = middle;
    for (int i = start; i < end; i++) {
      boolean takeLeft = left < middle && (right == end || times[left] <= times[right]);
      int source = takeLeft ? left++ : right++;
      mergedTimes[i] = times[source];
      mergedItems[i] = items[source];
    }
  }

  /**
   * Cuts the clients into parts of about as many events each.
   *
   * @param offsets [N + 1] first row of each client
   * @return the first client of each part, and N at the end
   */
  static int[] parts(int[] offsets, int count) {
    int clients = offsets.length - 1;
    int[] starts = new int[count + 1];
    for (int part = 1; part < count; part++) {
      long row = (long) offsets[clients] * part / count;
      int found = Arrays.binarySearch(offsets, (int) row);
      starts[part] = Math.min(clients, Math.max(starts[part - 1], found < 0 ? -found - 1 : found));
    }
    starts[count] = clients;
    return starts;
  }
}
