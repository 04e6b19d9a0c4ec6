package dev.tessera.api;

/** IEEE 754 binary16, the challenge's format of embeddings. Rounds to nearest, ties to even. */
public final class Float16 {

  /** The largest finite value. */
  public static final float MAX_VALUE = 65504f;

  /** The smallest magnitude that rounds to infinity. */
  public static final float OVERFLOW = 65520f;

  private Float16() {}

  /** The nearest half; magnitudes of {@link #OVERFLOW} and more give infinity, NaN stays NaN. */
  public static short fromFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    int magnitude = bits & 0x7fffffff;
    if (magnitude >= 0x47800000) { // 65536 and more, infinity, NaN
      return (short) (sign | (magnitude > 0x7f800000 ? 0x7e00 : 0x7c00));
    }
    if (magnitude < 0x38800000) { // below 2^-14: subnormal, in units of 2^-24
      // adding 0.5 leaves 2^-24 as the last bit of the sum, so the hardware rounds ties to even
      float shifted = Float.intBitsToFloat(magnitude) + 0.5f;
      return (short) (sign | (Float.floatToRawIntBits(shifted) - 0x3f000000));
    }
    int rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
    return (short) (sign | ((rounded - 0x38000000) >>> 13));
  }

  /** The exact value of a half. */
  public static float toFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >>> 10) & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0) {
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int magnitude =
        exponent == 31
            ? 0x7f800000 | (fraction << 13)
            : ((exponent + 112) << 23) | (fraction << 13);
    return Float.intBitsToFloat(sign | magnitude);
  }
}
