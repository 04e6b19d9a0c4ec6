package dev.tessera.neural;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums of a vector's lanes in one order. {@code reduceLanes} leaves the order open: from Java 25
 * on, compiled code adds in another one than the interpreter, and a result would depend on when the
 * just-in-time compiler came by.
 */
final class Lanes {

  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final int LENGTH = FLOATS.length();

  private static final VectorShuffle<Float> BY_8 = turned(8);
  private static final VectorShuffle<Float> BY_4 = turned(4);
  private static final VectorShuffle<Float> BY_2 = turned(2);
  private static final VectorShuffle<Float> BY_1 = turned(1);

  private Lanes() {}

  /** {@code Σ v[i]}: each half is added to the other until one lane is left. */
  static float sum(FloatVector v) {
    FloatVector sums = v;
    if (LENGTH > 8) {
      sums = sums.add(sums.rearrange(BY_8));
    }
    if (LENGTH > 4) {
      sums = sums.add(sums.rearrange(BY_4));
    }
    if (LENGTH > 2) {
      sums = sums.add(sums.rearrange(BY_2));
    }
    return sums.add(sums.rearrange(BY_1)).lane(0);
  }

  private static VectorShuffle<Float> turned(int lanes) {
    return VectorShuffle.fromOp(FLOATS, i -> (i + lanes) % LENGTH);
  }
}
