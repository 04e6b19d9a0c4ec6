package dev.tessera.api;

import org.apache.arrow.vector.BigIntVector;

/**
 * Joins the codes of one log with those of another (or of a saved model) through the original ids.
 * Both sides are strictly ascending, so one merge pass does it.
 */
public final class IdMapping {

  private IdMapping() {}

  /**
   * For each code of {@code ids} the position of the same id in {@code known}, or -1.
   *
   * @param ids original ids by code, strictly ascending
   * @param known original ids by the other side's code, strictly ascending
   * @return [ids.length]
   */
  public static int[] positions(BigIntVector ids, long[] known) {
    int[] positions = new int[ids.getValueCount()];
    int next = 0;
    for (int code = 0; code < positions.length; code++) {
      long id = ids.get(code);
      while (next < known.length && known[next] < id) {
        next++;
      }
      positions[code] = next < known.length && known[next] == id ? next : -1;
    }
    return positions;
  }

  /** A copy of an id vector, to be kept with a model. */
  public static long[] toArray(BigIntVector ids) {
    long[] copy = new long[ids.getValueCount()];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = ids.get(i);
    }
    return copy;
  }
}
