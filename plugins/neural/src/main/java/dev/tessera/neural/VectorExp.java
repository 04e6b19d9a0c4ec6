package dev.tessera.neural;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Exponentials of many floats at a time, by the same few operations on every machine and JDK.
 *
 * <p>{@code e^x = 2^n · e^r} with {@code n = round(x / ln 2)}, {@code |r| ≤ ln 2 / 2}; {@code e^r}
 * by its Taylor polynomial of degree 7, whose error there is below that of one float rounding.
 */
final class VectorExp {

  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

  private static final float LOG2_E = (float) (1 / Math.log(2));

  /** ln 2 in two parts, the first with so few bits that its product with n is exact. */
  private static final float LN2_HIGH = 0.693359375f;

  private static final float LN2_LOW = (float) (Math.log(2) - LN2_HIGH);

  /** Below it the result is no normal float any more, and 0 is given. */
  private static final float LOWEST = -87;

  private static final float TERM_3 = 1f / 6;
  private static final float TERM_4 = 1f / 24;
  private static final float TERM_5 = 1f / 120;
  private static final float TERM_6 = 1f / 720;
  private static final float TERM_7 = 1f / 5040;

  private VectorExp() {}

  /**
   * Replaces {@code values[i]} by {@code e^(values[i] - shift)} for {@code i < count}.
   *
   * @param shift at least the largest value
   * @return the sum of the results
   */
  static float exponentials(float[] values, int count, float shift) {
    int step = FLOATS.length();
    int bound = FLOATS.loopBound(count);
    FloatVector sums = FloatVector.zero(FLOATS);
    for (int i = 0; i < bound; i += step) {
      FloatVector result = exp(FloatVector.fromArray(FLOATS, values, i).sub(shift));
      sums = sums.add(result);
      result.intoArray(values, i);
    }
    float sum = sums.reduceLanes(VectorOperators.ADD);
    for (int i = bound; i < count; i++) {
      values[i] = exp(values[i] - shift);
      sum += values[i];
    }
    return sum;
  }

  private static FloatVector exp(FloatVector x) {
    var tooSmall = x.compare(VectorOperators.LT, LOWEST);
    FloatVector bounded = x.max(LOWEST);
    // half added and cut off rounds, as x ≤ 0: towards zero of a number half lower
    IntVector n =
        (IntVector) bounded.mul(LOG2_E).sub(0.5f).convertShape(VectorOperators.F2I, INTS, 0);
    FloatVector whole = (FloatVector) n.convertShape(VectorOperators.I2F, FLOATS, 0);
    FloatVector r = whole.fma(FloatVector.broadcast(FLOATS, -LN2_HIGH), bounded);
    r = whole.fma(FloatVector.broadcast(FLOATS, -LN2_LOW), r);
    FloatVector result = FloatVector.broadcast(FLOATS, TERM_7);
    result = result.fma(r, FloatVector.broadcast(FLOATS, TERM_6));
    result = result.fma(r, FloatVector.broadcast(FLOATS, TERM_5));
    result = result.fma(r, FloatVector.broadcast(FLOATS, TERM_4));
    result = result.fma(r, FloatVector.broadcast(FLOATS, TERM_3));
    result = result.fma(r, FloatVector.broadcast(FLOATS, 0.5f));
    result = result.fma(r, FloatVector.broadcast(FLOATS, 1));
    result = result.fma(r, FloatVector.broadcast(FLOATS, 1));
    FloatVector power = n.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    return result.mul(power).blend(0, tooSmall);
  }

  private static float exp(float x) {
    if (x < LOWEST) {
      return 0;
    }
    int n = (int) (x * LOG2_E - 0.5f);
    float r = Math.fma((float) n, -LN2_LOW, Math.fma((float) n, -LN2_HIGH, x));
    float result = Math.fma(TERM_7, r, TERM_6);
    result = Math.fma(result, r, TERM_5);
    result = Math.fma(result, r, TERM_4);
    result = Math.fma(result, r, TERM_3);
    result = Math.fma(result, r, 0.5f);
    result = Math.fma(result, r, 1);
    result = Math.fma(result, r, 1);
    return result * Float.intBitsToFloat((n + 127) << 23);
  }

  /** The largest of the first {@code count} values, at least 1. */
  static float largest(float[] values, int count) {
    int bound = FLOATS.loopBound(count);
    FloatVector most = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < bound; i += FLOATS.length()) {
      most = most.max(FloatVector.fromArray(FLOATS, values, i));
    }
    float largest = most.reduceLanes(VectorOperators.MAX);
    for (int i = bound; i < count; i++) {
      largest = Math.max(largest, values[i]);
    }
    return largest;
  }
}
