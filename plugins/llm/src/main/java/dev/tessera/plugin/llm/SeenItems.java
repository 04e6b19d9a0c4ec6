package dev.tessera.plugin.llm;

import java.util.Arrays;

/**
 * The events of one client met so far, by kind and item. Emptied at no cost for the next client.
 */
final class SeenItems {

  private static final long EMPTY = -1;

  private long[] slots = new long[256];
  private int size;

  SeenItems() {
    Arrays.fill(slots, EMPTY);
  }

  /** Forgets all. */
  void clear() {
    if (size > 0) {
      Arrays.fill(slots, EMPTY);
      size = 0;
    }
  }

  /** Adds an event; false if it was there. */
  boolean add(int kind, int item) {
    if (2 * size >= slots.length) {
      grow();
    }
    if (!put(((long) kind << Integer.SIZE) | item)) {
      return false;
    }
    size++;
    return true;
  }

  private boolean put(long key) {
    int mask = slots.length - 1;
    long mixed = key * 0x9e3779b97f4a7c15L;
    int slot = (int) (mixed >>> 40) & mask;
    while (slots[slot] != EMPTY) {
      if (slots[slot] == key) {
        return false;
      }
      slot = (slot + 1) & mask;
    }
    slots[slot] = key;
    return true;
  }

  private void grow() {
    long[] old = slots;
    slots = new long[2 * old.length];
    Arrays.fill(slots, EMPTY);
    for (long key : old) {
      if (key != EMPTY) {
        put(key);
      }
    }
  }
}
