package dev.tessera.neural;

/**
 * Makes a seed for each purpose out of a step's one. All random numbers of training come from
 * generators that are seeded with (seed, epoch, batch), so the position alone is their state, and
 * training can be resumed at any epoch.
 */
public final class Seeds {

  private Seeds() {}

  /** A seed that depends on every bit of both. */
  public static long mix(long seed, long number) {
    long mixed = seed + 0x9E3779B97F4A7C15L * (number + 1);
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
