package dev.tessera.host.data;

import java.util.Arrays;

/**
 * Gives each distinct text of 16 bytes a code, in order of first appearance: a hash table with open
 * addressing over two longs a text. Not safe for several threads.
 */
final class TextDictionary {

  private static final int START = 1 << 10;
  private static final long MIX_HIGH = 0x9E3779B97F4A7C15L;
  private static final long MIX_LOW = 0xC2B2AE3D27D4EB4FL;

  /** Code + 1, 0 for none; a power of two long, at most half full. */
  private int[] slots = new int[START];

  private long[] highs = new long[START];
  private long[] lows = new long[START];
  private int size;

  /** The number of distinct texts. */
  int size() {
    return size;
  }

  /** The first eight bytes of a code's text, the first one highest. */
  long high(int code) {
    return highs[code];
  }

  /** The last eight bytes of a code's text. */
  long low(int code) {
    return lows[code];
  }

  /** The code of a text, a new one if it was not there. */
  int add(long high, long low) {
    int slot = slotOf(high, low);
    if (slots[slot] != 0) {
      return slots[slot] - 1;
    }
    if (size == highs.length) {
      int capacity = size + (size >> 1);
      highs = Arrays.copyOf(highs, capacity);
      lows = Arrays.copyOf(lows, capacity);
    }
    highs[size] = high;
    lows[size] = low;
    slots[slot] = ++size;
    if (2 * size > slots.length) {
      grow();
    }
    return size - 1;
  }

  /**
   * The codes in ascending order of their texts, as unsigned bytes: a radix sort, byte by byte from
   * the last.
   */
  int[] sortedCodes() {
    int[] order = new int[size];
    int[] next = new int[size];
    Arrays.setAll(order, code -> code);
    for (int digit = 0; digit < 2 * Long.BYTES; digit++) {
      long[] key = digit < Long.BYTES ? lows : highs;
      int shift = digit % Long.BYTES * Byte.SIZE;
      int[] starts = new int[257];
      for (int code : order) {
        starts[(int) (key[code] >>> shift & 0xff) + 1]++;
      }
      Arrays.parallelPrefix(starts, Integer::sum);
      for (int code : order) {
        next[starts[(int) (key[code] >>> shift & 0xff)]++] = code;
      }
      int[] done = order;
      order = next;
      next = done;
    }
    return order;
  }

  private int slotOf(long high, long low) {
    int mask = slots.length - 1;
    long hash = (high * MIX_HIGH ^ Long.rotateLeft(low * MIX_LOW, 29)) * MIX_HIGH;
    int slot = (int) (hash >>> 32) & mask;
    while (slots[slot] != 0 && !(highs[slots[slot] - 1] == high && lows[slots[slot] - 1] == low)) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private void grow() {
    slots = new int[2 * slots.length];
    for (int code = 0; code < size; code++) {
      slots[slotOf(highs[code], lows[code])] = code + 1;
    }
  }
}
