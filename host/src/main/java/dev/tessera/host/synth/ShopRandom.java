package dev.tessera.host.synth;

/**
 * SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014): small,
 * fast, the same on every JDK, and good from any seed, so that each client and block has its own.
 * For one thread.
 */
final class ShopRandom {

  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final double UNIT = 0x1p-53;

  private long state;

  ShopRandom(long seed) {
    this.state = seed;
  }

  /** A seed for the {@code index}-th part of what {@code seed} governs; also a plain hash. */
  static long mix(long seed, long index) {
    return finish(finish(seed + GOLDEN_GAMMA) ^ (index + 1) * GOLDEN_GAMMA);
  }

  /** Goes on as a new generator of {@code seed} would. */
  void reseed(long seed) {
    state = seed;
  }

  long nextLong() {
    state += GOLDEN_GAMMA;
    return finish(state);
  }

  /** Uniform in [0, 1). */
  double uniform() {
    return (nextLong() >>> 11) * UNIT;
  }

  /** Uniform in 0..bound-1; the bias of at most bound/2^53 does not matter here. */
  int below(int bound) {
    return (int) (uniform() * bound);
  }

  boolean chance(double probability) {
    return uniform() < probability;
  }

  /** Uniform in [from, to). */
  double between(double from, double to) {
    return from + uniform() * (to - from);
  }

  /**
   * A rank in 0..count-1 whose probability falls like rank^(-2/3): the heavy tail of popularity. A
   * cube, for a power function would cost more than all the rest of an event.
   */
  int popularRank(int count) {
    double u = uniform();
    return (int) (u * u * u * count);
  }

  /** The same with probability rank^(-1/2), for what is less uneven than products and pages. */
  int evenRank(int count) {
    double u = uniform();
    return (int) (u * u * count);
  }

  /** Exponential with mean 1. StrictMath, so that all machines draw the same. */
  double exponential() {
    return -StrictMath.log(1 - uniform());
  }

  /** About normal (mean 0, deviation 1, within ±3.5): the sum of four uniforms. */
  double normal() {
    return (uniform() + uniform() + uniform() + uniform() - 2) * 1.7320508;
  }

  private static long finish(long value) {
    long z = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
