package dev.tessera.neural;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Exponentials, and what is made of them, of many floats at a time; by the same few operations on
 * every machine and JDK.
 *
 * <p>{@code e^x = 2^n · e^r} with {@code n = round(x / ln 2)}, {@code |r| ≤ ln 2 / 2}; {@code e^r}
 * by its Taylor polynomial of degree 7, whose error there is below that of one float rounding.
 */
final class VectorMath {

  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;

  private static final float LOG2_E = (float) (1 / Math.log(2));

  /** Added to a float of small size, it rounds it to a whole number, held in the lowest bits. */
  private static final float ROUNDER = 12_582_912;

  /** ln 2 in two parts, the first with so few bits that its product with n is exact. */
  private static final float LN2_HIGH = 0.693359375f;

  private static final float LN2_LOW = (float) (Math.log(2) - LN2_HIGH);

  /** Below it the result is no normal float any more, and 0 is given. */
  private static final float LOWEST = -87;

  /** Beyond it 1 / (1 + e^-x) is 0 or 1 to the last bit that matters. */
  private static final float FLAT = 30;

  private static final float TERM_3 = 1f / 6;
  private static final float TERM_4 = 1f / 24;
  private static final float TERM_5 = 1f / 120;
  private static final float TERM_6 = 1f / 720;
  private static final float TERM_7 = 1f / 5040;

  private static final int EXPONENT_SHIFT = 23;
  private static final int EXPONENT_ONE = 127 << EXPONENT_SHIFT;

  private VectorMath() {}

  /** {@code e^x} for x from {@link #LOWEST} to 88. */
  private static FloatVector exp(FloatVector x) {
    FloatVector rounded =
        x.fma(FloatVector.broadcast(FLOATS, LOG2_E), FloatVector.broadcast(FLOATS, ROUNDER));
    FloatVector n = rounded.sub(ROUNDER);
    FloatVector r = n.fma(FloatVector.broadcast(FLOATS, -LN2_HIGH), x);
    r = n.fma(FloatVector.broadcast(FLOATS, -LN2_LOW), r);
    FloatVector result = FloatVector.broadcast(FLOATS, TERM_7);
    result = result.fma(r, FloatVector.broadcast(FLOATS, TERM_6));
    result = result.fma(r, FloatVector.broadcast(FLOATS, TERM_5));
    result = result.fma(r, FloatVector.broadcast(FLOATS, TERM_4));
    result = result.fma(r, FloatVector.broadcast(FLOATS, TERM_3));
    result = result.fma(r, FloatVector.broadcast(FLOATS, 0.5f));
    result = result.fma(r, FloatVector.broadcast(FLOATS, 1));
    result = result.fma(r, FloatVector.broadcast(FLOATS, 1));
    FloatVector power =
        rounded
            .reinterpretAsInts()
            .lanewise(VectorOperators.LSHL, EXPONENT_SHIFT)
            .add(EXPONENT_ONE)
            .reinterpretAsFloats();
    return result.mul(power);
  }

  private static float exp(float x) {
    float rounded = Math.fma(x, LOG2_E, ROUNDER);
    float n = rounded - ROUNDER;
    float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, x));
    float result = Math.fma(TERM_7, r, TERM_6);
    result = Math.fma(result, r, TERM_5);
    result = Math.fma(result, r, TERM_4);
    result = Math.fma(result, r, TERM_3);
    result = Math.fma(result, r, 0.5f);
    result = Math.fma(result, r, 1);
    result = Math.fma(result, r, 1);
    int power = (Float.floatToRawIntBits(rounded) << EXPONENT_SHIFT) + EXPONENT_ONE;
    return result * Float.intBitsToFloat(power);
  }

  /** Replaces {@code values[i]} by {@code σ(x) = 1 / (1 + e^-x)} for {@code i < count}. */
  static void sigmoids(float[] values, int count) {
    int bound = FLOATS.loopBound(count);
    for (int i = 0; i < bound; i += FLOATS.length()) {
      FloatVector e = exp(FloatVector.fromArray(FLOATS, values, i).neg().min(FLAT).max(-FLAT));
      FloatVector.broadcast(FLOATS, 1).div(e.add(1)).intoArray(values, i);
    }
    for (int i = bound; i < count; i++) {
      values[i] = 1 / (1 + exp(Math.max(-FLAT, Math.min(FLAT, -values[i]))));
    }
  }

  /**
   * Replaces {@code values[i]} by {@code e^(values[i] - shift)} for {@code i < count}.
   *
   * @param shift at least the largest value
   * @return the sum of the results
   */
  static float exponentials(float[] values, int count, float shift) {
    int bound = FLOATS.loopBound(count);
    FloatVector sums = FloatVector.zero(FLOATS);
    for (int i = 0; i < bound; i += FLOATS.length()) {
      FloatVector x = FloatVector.fromArray(FLOATS, values, i).sub(shift);
      FloatVector result = exp(x.max(LOWEST)).blend(0, x.compare(VectorOperators.LT, LOWEST));
      sums = sums.add(result);
      result.intoArray(values, i);
    }
    float sum = Lanes.sum(sums);
    for (int i = bound; i < count; i++) {
      float x = values[i] - shift;
      values[i] = x < LOWEST ? 0 : exp(x);
      sum += values[i];
    }
    return sum;
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
