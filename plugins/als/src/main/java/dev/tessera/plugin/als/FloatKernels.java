package dev.tessera.plugin.als;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The inner loops, and the only user of the Vector API.
 *
 * <p>Rows of factors lie one after the other in a {@code float[]}, each padded with zeros to a
 * multiple of {@link Factors#UNIT} ({@code stride}), so no loop has a tail. Lanes are summed by
 * plain additions and never by {@code reduceLanes}, whose order of additions the JIT may choose: a
 * result would then depend on when a method was compiled. (Shuffles are checked on every use, and
 * slower.)
 */
final class FloatKernels {

  private static final int UNIT = Factors.UNIT;
  private static final VectorSpecies<Float> SPECIES = species();
  private static final int LANES = SPECIES.length();

  private FloatKernels() {}

  private static VectorSpecies<Float> species() {
    int lanes = FloatVector.SPECIES_PREFERRED.length();
    if (lanes > UNIT) {
      return FloatVector.SPECIES_512;
    }
    return lanes < 4 ? FloatVector.SPECIES_128 : FloatVector.SPECIES_PREFERRED;
  }

  /**
   * a · b over one padded row each.
   *
   * @param lanes [UNIT] memory to sum lanes in
   */
  static float dot(float[] a, int aStart, float[] b, int bStart, int stride, float[] lanes) {
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int k = 0; k < stride; k += LANES) {
      sum = load(a, aStart + k).fma(load(b, bStart + k), sum);
    }
    sum.intoArray(lanes, 0);
    return sumOfLanes(lanes, 0);
  }

  /**
   * {@code out[j] = rows[starts[first + j] …] · p[pStart …]} for j below {@code count}.
   *
   * @param out [count · UNIT], since the sums of lanes wait there; values from {@code count} on are
   *     undefined afterwards
   */
  static void dots(
      float[] rows,
      int stride,
      int[] starts,
      int first,
      int count,
      float[] p,
      int pStart,
      float[] out) {
    Arrays.fill(out, 0, count * LANES, 0f);
    int k = 0;
    // Four vectors of p stay in registers while the rows pass by.
    for (; k + 4 * LANES <= stride; k += 4 * LANES) {
      FloatVector p0 = load(p, pStart + k);
      FloatVector p1 = load(p, pStart + k + LANES);
      FloatVector p2 = load(p, pStart + k + 2 * LANES);
      FloatVector p3 = load(p, pStart + k + 3 * LANES);
      for (int j = 0; j < count; j++) {
        int row = starts[first + j] + k;
        FloatVector sum = load(rows, row).fma(p0, load(out, j * LANES));
        sum = load(rows, row + LANES).fma(p1, sum);
        sum = load(rows, row + 2 * LANES).fma(p2, sum);
        sum = load(rows, row + 3 * LANES).fma(p3, sum);
        sum.intoArray(out, j * LANES);
      }
    }
    for (; k < stride; k += LANES) {
      FloatVector p0 = load(p, pStart + k);
      for (int j = 0; j < count; j++) {
        load(rows, starts[first + j] + k).fma(p0, load(out, j * LANES)).intoArray(out, j * LANES);
      }
    }
    // Position j belongs to lanes that are summed already, or are being summed.
    for (int j = 0; j < count; j++) {
      out[j] = sumOfLanes(out, j * LANES);
    }
  }

  /** {@code out += Σ_j coefficients[j] · rows[starts[first + j] …]} over j below {@code count}. */
  static void addRows(
      float[] rows,
      int stride,
      int[] starts,
      int first,
      int count,
      float[] coefficients,
      float[] out) {
    int k = 0;
    for (; k + 4 * LANES <= stride; k += 4 * LANES) {
      FloatVector o0 = load(out, k);
      FloatVector o1 = load(out, k + LANES);
      FloatVector o2 = load(out, k + 2 * LANES);
      FloatVector o3 = load(out, k + 3 * LANES);
      for (int j = 0; j < count; j++) {
        int row = starts[first + j] + k;
        FloatVector c = FloatVector.broadcast(SPECIES, coefficients[j]);
        o0 = load(rows, row).fma(c, o0);
        o1 = load(rows, row + LANES).fma(c, o1);
        o2 = load(rows, row + 2 * LANES).fma(c, o2);
        o3 = load(rows, row + 3 * LANES).fma(c, o3);
      }
      o0.intoArray(out, k);
      o1.intoArray(out, k + LANES);
      o2.intoArray(out, k + 2 * LANES);
      o3.intoArray(out, k + 3 * LANES);
    }
    for (; k < stride; k += LANES) {
      FloatVector o0 = load(out, k);
      for (int j = 0; j < count; j++) {
        FloatVector c = FloatVector.broadcast(SPECIES, coefficients[j]);
        o0 = load(rows, starts[first + j] + k).fma(c, o0);
      }
      o0.intoArray(out, k);
    }
  }

  /** {@code out += factor · row}. */
  static void addScaled(float[] rows, int start, float factor, float[] out, int stride) {
    FloatVector c = FloatVector.broadcast(SPECIES, factor);
    for (int k = 0; k < stride; k += LANES) {
      load(rows, start + k).fma(c, load(out, k)).intoArray(out, k);
    }
  }

  /**
   * Row vectors times a matrix: {@code out_r = in_r · matrix} for {@code count} rows.
   *
   * @param matrix [stride, stride]
   */
  static void transform(
      float[] in, int inStart, int count, float[] matrix, float[] out, int outStart, int stride) {
    int r = 0;
    for (; r + 4 <= count; r += 4) {
      int i0 = inStart + r * stride;
      int i1 = i0 + stride;
      int i2 = i1 + stride;
      int i3 = i2 + stride;
      int o0 = outStart + r * stride;
      for (int j = 0; j < stride; j += LANES) {
        FloatVector a0 = FloatVector.zero(SPECIES);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        for (int k = 0; k < stride; k++) {
          FloatVector m = load(matrix, k * stride + j);
          a0 = m.fma(FloatVector.broadcast(SPECIES, in[i0 + k]), a0);
          a1 = m.fma(FloatVector.broadcast(SPECIES, in[i1 + k]), a1);
          a2 = m.fma(FloatVector.broadcast(SPECIES, in[i2 + k]), a2);
          a3 = m.fma(FloatVector.broadcast(SPECIES, in[i3 + k]), a3);
        }
        a0.intoArray(out, o0 + j);
        a1.intoArray(out, o0 + stride + j);
        a2.intoArray(out, o0 + 2 * stride + j);
        a3.intoArray(out, o0 + 3 * stride + j);
      }
    }
    for (; r < count; r++) {
      int i0 = inStart + r * stride;
      for (int j = 0; j < stride; j += LANES) {
        FloatVector a0 = FloatVector.zero(SPECIES);
        for (int k = 0; k < stride; k++) {
          a0 = load(matrix, k * stride + j).fma(FloatVector.broadcast(SPECIES, in[i0 + k]), a0);
        }
        a0.intoArray(out, outStart + r * stride + j);
      }
    }
  }

  /**
   * {@code out += Σ_r a_rᵀ b_r} on and above the diagonal (what lies below is undefined), where the
   * {@code count} rows of a and b start at {@code start}. Sums in float, so keep count to some
   * hundred; adds in double.
   *
   * @param out [stride, stride]
   */
  static void addProducts(float[] a, float[] b, int start, int count, int stride, double[] out) {
    float[] sums = new float[4 * LANES];
    for (int i = 0; i < stride; i += 4) {
      for (int j = i / LANES * LANES; j < stride; j += LANES) {
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (int r = 0, row = start; r < count; r++, row += stride) {
          FloatVector v = load(b, row + j);
          s0 = v.fma(FloatVector.broadcast(SPECIES, a[row + i]), s0);
          s1 = v.fma(FloatVector.broadcast(SPECIES, a[row + i + 1]), s1);
          s2 = v.fma(FloatVector.broadcast(SPECIES, a[row + i + 2]), s2);
          s3 = v.fma(FloatVector.broadcast(SPECIES, a[row + i + 3]), s3);
        }
        s0.intoArray(sums, 0);
        s1.intoArray(sums, LANES);
        s2.intoArray(sums, 2 * LANES);
        s3.intoArray(sums, 3 * LANES);
        for (int line = 0; line < 4; line++) {
          int target = (i + line) * stride + j;
          for (int lane = 0; lane < LANES; lane++) {
            out[target + lane] += sums[line * LANES + lane];
          }
        }
      }
    }
  }

  private static FloatVector load(float[] values, int start) {
    return FloatVector.fromArray(SPECIES, values, start);
  }

  private static float sumOfLanes(float[] lanes, int start) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    for (int lane = start; lane < start + LANES; lane += 4) {
      a += lanes[lane];
      b += lanes[lane + 1];
      c += lanes[lane + 2];
      d += lanes[lane + 3];
    }
    return (a + b) + (c + d);
  }
}
