package dev.tessera.plugin.lightfm;

/**
 * A sequence of random numbers that costs nothing to begin anew: SplitMix64 (G. Steele, D. Lea, C.
 * Flood, <i>Fast Splittable Pseudorandom Number Generators</i>, OOPSLA 2014). Not safe for several
 * threads.
 */
final class Draws {

  private static final long GAMMA = 0x9e3779b97f4a7c15L;

  private long state;

  /** Begins the sequence that the keys name. */
  Draws begin(long seed, long... keys) {
    state = mix(seed);
    for (long key : keys) {
      state = mix(state + GAMMA + key);
    }
    return this;
  }

  /** Uniform in 0 … bound - 1. */
  int below(int bound) {
    state += GAMMA;
    return (int) (((mix(state) >>> 32) * bound) >>> 32);
  }

  /** Puts {@code values[from] … values[to - 1]} into a random order. */
  void shuffle(int[] values, int from, int to) {
    for (int last = to - 1; last > from; last--) {
      int other = from + below(last - from + 1);
      int value = values[last];
      values[last] = values[other];
      values[other] = value;
    }
  }

  static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
