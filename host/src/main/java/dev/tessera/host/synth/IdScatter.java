package dev.tessera.host.synth;

/**
 * Gives each index its own id, spread over a range without any visible order: {@code id = index *
 * step mod range}, step and range coprime. Index 0 has id 0.
 */
final class IdScatter {

  private static final double GOLDEN_RATIO = 0.6180339887;

  private final long range;
  private final long step;

  /**
   * Ids for the indices below {@code count}.
   *
   * @param count at most 2^30
   * @param leastRange ids lie below the greater of this and 1.25 count
   */
  IdScatter(long count, long leastRange) {
    range = Math.max(leastRange, count + count / 4 + 1);
    long candidate = (long) (range * GOLDEN_RATIO);
    while (greatestCommonDivisor(candidate, range) != 1) {
      candidate++;
    }
    step = candidate;
  }

  long id(long index) {
    return index * step % range;
  }

  private static long greatestCommonDivisor(long a, long b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }
}
