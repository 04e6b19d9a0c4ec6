package dev.tessera.host.data;

import java.util.Arrays;

/**
 * Gives each distinct id a code, in order of first appearance. Ids from 0 to a limit are looked up
 * in a plain array, which costs one touch of memory; all others in a hash table with open
 * addressing. Not safe for several threads while ids are added.
 */
public final class IdDictionary {

  private static final int MIN_DIRECT = 1 << 16;
  private static final int MAX_DIRECT = 1 << 27;
  private static final int START = 1 << 10;
  private static final int PAGE_BITS = 15;
  private static final int PAGE = 1 << PAGE_BITS;
  private static final int IN_PAGE = PAGE - 1;
  private static final long MIX = 0x9E3779B97F4A7C15L;

  /** Marks a page without ids; has no room, so it cannot be written to. */
  private static final int[] NO_IDS = new int[0];

  private final int directLimit;

  /** Code + 1 by id, 0 for none; pages of ids that did not occur are shared and empty. */
  private final int[][] direct;

  /** Code + 1, 0 for none; a power of two long, at most half full. */
  private int[] slots = new int[START];

  private int hashed;

  /** Ids by code. */
  private long[][] ids = new long[1][];

  private int size;
  private long lastId;
  private int lastCode = -1;

  /**
   * An empty dictionary.
   *
   * @param expectedRows rows to be encoded; the plain array takes at most two bytes for each of
   *     them
   */
  public IdDictionary(long expectedRows) {
    directLimit = (int) Math.max(MIN_DIRECT, Math.min(MAX_DIRECT, expectedRows / 2));
    direct = new int[(directLimit + IN_PAGE) / PAGE][];
    Arrays.fill(direct, NO_IDS);
  }

  /** The number of distinct ids. */
  public int size() {
    return size;
  }

  /** The id of a code. */
  public long id(int code) {
    return ids[code >>> PAGE_BITS][code & IN_PAGE];
  }

  /** The code of an id, a new one if it was not there. */
  public int add(long id) {
    if (id != lastId || lastCode < 0) { // events of one client often follow each other
      lastCode = id >= 0 && id < directLimit ? addDirect((int) id) : addHashed(id);
      lastId = id;
    }
    return lastCode;
  }

  /** The code of an id, or -1. */
  public int find(long id) {
    if (id >= 0 && id < directLimit) {
      int[] page = direct[(int) id >>> PAGE_BITS];
      return page == NO_IDS ? -1 : page[(int) id & IN_PAGE] - 1;
    }
    return slots[slotOf(id)] - 1;
  }

  /** All ids, ascending. */
  long[] sorted() {
    long[] sorted = new long[size];
    for (int code = 0; code < size; code++) {
      sorted[code] = id(code);
    }
    Arrays.parallelSort(sorted);
    return sorted;
  }

  /**
   * For each code of this dictionary the position of its id in {@code all}.
   *
   * @param all ascending ids, among them all of this dictionary
   */
  int[] positionsIn(long[] all) {
    int[] positions = new int[size];
    for (int i = 0; i < all.length; i++) {
      int code = find(all[i]);
      if (code >= 0) {
        positions[code] = i;
      }
    }
    return positions;
  }

  private int addDirect(int id) {
    int[] page = direct[id >>> PAGE_BITS];
    if (page == NO_IDS) {
      page = new int[PAGE];
      direct[id >>> PAGE_BITS] = page;
    }
    int code = page[id & IN_PAGE] - 1;
    if (code < 0) {
      code = append(id);
      page[id & IN_PAGE] = code + 1;
    }
    return code;
  }

  private int addHashed(long id) {
    int slot = slotOf(id);
    if (slots[slot] == 0) {
      slots[slot] = append(id) + 1;
      hashed++;
      if (2 * hashed > slots.length) {
        int code = slots[slot] - 1;
        grow();
        return code;
      }
    }
    return slots[slot] - 1;
  }

  private int slotOf(long id) {
    int mask = slots.length - 1;
    int slot = (int) (id * MIX >>> 32) & mask;
    while (slots[slot] != 0 && id(slots[slot] - 1) != id) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private int append(long id) {
    int page = size >>> PAGE_BITS;
    if ((size & IN_PAGE) == 0) {
      if (page == ids.length) {
        ids = Arrays.copyOf(ids, 2 * page);
      }
      ids[page] = new long[PAGE];
    }
    ids[page][size & IN_PAGE] = id;
    return size++;
  }

  private void grow() {
    slots = new int[2 * slots.length];
    for (int code = 0; code < size; code++) {
      long id = id(code);
      if (id < 0 || id >= directLimit) {
        slots[slotOf(id)] = code + 1;
      }
    }
  }
}
