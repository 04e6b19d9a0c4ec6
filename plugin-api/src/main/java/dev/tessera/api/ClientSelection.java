package dev.tessera.api;

import java.util.Arrays;

/** Original client ids, strictly ascending. Immutable. */
public final class ClientSelection {

  private final long[] ids;

  private ClientSelection(long[] ids) {
    this.ids = ids;
  }

  /**
   * A selection of the given ids; sorts a copy.
   *
   * @throws IllegalArgumentException if an id occurs twice (named)
   */
  public static ClientSelection of(long... ids) {
    long[] sorted = ids.clone();
    Arrays.sort(sorted);
    for (int i = 1; i < sorted.length; i++) {
      if (sorted[i] == sorted[i - 1]) {
        throw new IllegalArgumentException("client id " + sorted[i] + " occurs twice");
      }
    }
    return new ClientSelection(sorted);
  }

  /** The number of clients. */
  public int size() {
    return ids.length;
  }

  /** The i-th smallest id. */
  public long id(int i) {
    return ids[i];
  }

  /** A copy of all ids, ascending. */
  public long[] toArray() {
    return ids.clone();
  }

  /** The position of an id, or a negative number if it is not selected. */
  public int indexOf(long id) {
    return Arrays.binarySearch(ids, id);
  }
}
