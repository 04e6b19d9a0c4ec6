package dev.tessera.plugin.lightfm;

import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The inner loops, and the only user of the Vector API. A row is {@code stride} floats, padded with
 * zeros to a multiple of {@link Rows#UNIT}, so that no loop has a tail. A sum is made of {@code
 * UNIT} sums, however many lanes the machine has, and these are added in a fixed order: results are
 * the same on every machine, and do not depend on when the JIT compiled a loop.
 */
final class Kernels {

  private static final int UNIT = Rows.UNIT;
  private static final VectorSpecies<Float> SPECIES = species();
  private static final int LANES = SPECIES.length();

  private Kernels() {}

  private static VectorSpecies<Float> species() {
    VectorSpecies<Float> preferred = FloatVector.SPECIES_PREFERRED;
    return preferred.length() <= UNIT ? preferred : FloatVector.SPECIES_128;
  }

  /**
   * a · b over one row each.
   *
   * @param lanes [{@link Rows#UNIT}] memory to add lanes in
   */
  static float dot(float[] a, int aStart, float[] b, int bStart, int stride, float[] lanes) {
    for (int lane = 0; lane < UNIT; lane += LANES) {
      partial(a, aStart, b, bStart, lane, stride, FloatVector.zero(SPECIES)).intoArray(lanes, lane);
    }
    return sumOfLanes(lanes);
  }

  /** {@code client · own + scores · numbers}: one row of each side, and one of numbers. */
  static float dots(
      float[] client,
      float[] own,
      int row,
      int stride,
      float[] scores,
      float[] numbers,
      int first,
      float[] lanes) {
    for (int lane = 0; lane < UNIT; lane += LANES) {
      FloatVector sum = partial(client, 0, own, row, lane, stride, FloatVector.zero(SPECIES));
      partial(scores, 0, numbers, first, lane, scores.length, sum).intoArray(lanes, lane);
    }
    return sumOfLanes(lanes);
  }

  private static FloatVector partial(
      float[] a, int aStart, float[] b, int bStart, int lane, int stride, FloatVector from) {
    FloatVector sum = from;
    for (int k = lane; k < stride; k += UNIT) {
      sum = load(a, aStart + k).fma(load(b, bStart + k), sum);
    }
    return sum;
  }

  private static float sumOfLanes(float[] lanes) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    for (int lane = 0; lane < UNIT; lane += 4) {
      a += lanes[lane];
      b += lanes[lane + 1];
      c += lanes[lane + 2];
      d += lanes[lane + 3];
    }
    return (a + c) + (b + d);
  }

  /** {@code target += factor · row}. */
  static void add(float[] rows, int start, float factor, float[] target, int to, int stride) {
    FloatVector c = FloatVector.broadcast(SPECIES, factor);
    for (int k = 0; k < stride; k += LANES) {
      load(rows, start + k).fma(c, load(target, to + k)).intoArray(target, to + k);
    }
  }

  /** {@code target += Σ_f factors[first + f] · row f} over the first {@code count} rows. */
  static void addRows(
      float[] rows, int count, float[] factors, int first, float[] target, int to, int stride) {
    int k = 0;
    // four vectors of the sum stay in registers while the rows pass by
    for (; k + 4 * LANES <= stride; k += 4 * LANES) {
      FloatVector a = load(target, to + k);
      FloatVector b = load(target, to + k + LANES);
      FloatVector c = load(target, to + k + 2 * LANES);
      FloatVector d = load(target, to + k + 3 * LANES);
      for (int f = 0, row = k; f < count; f++, row += stride) {
        FloatVector factor = FloatVector.broadcast(SPECIES, factors[first + f]);
        a = load(rows, row).fma(factor, a);
        b = load(rows, row + LANES).fma(factor, b);
        c = load(rows, row + 2 * LANES).fma(factor, c);
        d = load(rows, row + 3 * LANES).fma(factor, d);
      }
      a.intoArray(target, to + k);
      b.intoArray(target, to + k + LANES);
      c.intoArray(target, to + k + 2 * LANES);
      d.intoArray(target, to + k + 3 * LANES);
    }
    for (; k < stride; k += LANES) {
      FloatVector sum = load(target, to + k);
      for (int f = 0; f < count; f++) {
        FloatVector factor = FloatVector.broadcast(SPECIES, factors[first + f]);
        sum = load(rows, f * stride + k).fma(factor, sum);
      }
      sum.intoArray(target, to + k);
    }
  }

  /** {@code target = a - b} over one row each. */
  static void subtract(float[] a, int aStart, float[] b, int bStart, float[] target, int stride) {
    for (int k = 0; k < stride; k += LANES) {
      load(a, aStart + k).sub(load(b, bStart + k)).intoArray(target, k);
    }
  }

  /**
   * One step of AdaGrad for a row: {@code w -= rate · g / √s; s += g²} with {@code g = factor ·
   * direction}.
   */
  static void adagrad(
      float[] w, float[] s, int start, float[] direction, float factor, float rate, int stride) {
    FloatVector c = FloatVector.broadcast(SPECIES, factor);
    for (int k = 0; k < stride; k += LANES) {
      FloatVector g = load(direction, k).mul(c);
      FloatVector squares = load(s, start + k);
      FloatVector step = g.mul(rate).mul(inverseRoot(squares));
      load(w, start + k).sub(step).intoArray(w, start + k);
      g.fma(g, squares).intoArray(s, start + k);
    }
  }

  /**
   * 1 / √x of normal x above 0 by Newton's method, from half the exponent: a relative error below
   * 1e-5, and several times faster than a root and a division.
   */
  private static FloatVector inverseRoot(FloatVector x) {
    FloatVector y =
        x.reinterpretAsInts()
            .lanewise(VectorOperators.LSHR, 1)
            .neg()
            .add(0x5f3759df)
            .reinterpretAsFloats();
    FloatVector half = x.mul(-0.5f);
    FloatVector limit = FloatVector.broadcast(SPECIES, 1.5f);
    y = y.mul(y.mul(y).fma(half, limit));
    return y.mul(y.mul(y).fma(half, limit));
  }

  /** See {@link Optimizer.AdaGrad#merge}. */
  static void adagradMerge(Rows base, List<Rows> copies, int row) {
    for (int k = row * base.stride(); k < (row + 1) * base.stride(); k += LANES) {
      FloatVector before = load(base.values(), k);
      FloatVector squaresBefore = load(base.squares(), k);
      FloatVector rootBefore = squaresBefore.lanewise(VectorOperators.SQRT);
      FloatVector step = FloatVector.zero(SPECIES);
      FloatVector squares = squaresBefore;
      FloatVector roots = step;
      for (int copy = 0; copy < copies.size(); copy++) {
        Rows changed = copies.get(copy);
        FloatVector s = load(changed.squares(), k);
        step = step.add(load(changed.values(), k).sub(before));
        squares = squares.add(s.sub(squaresBefore));
        roots = roots.add(s.lanewise(VectorOperators.SQRT).sub(rootBefore));
      }
      FloatVector shorter = squares.lanewise(VectorOperators.SQRT).sub(rootBefore).div(roots);
      // a weight that no copy moved, and 0 / 0
      VectorMask<Float> moved = roots.compare(VectorOperators.GT, 0);
      before.add(step.mul(shorter), moved).intoArray(base.values(), k);
      squares.intoArray(base.squares(), k);
    }
  }

  /** One step of AdaDelta for a row; see {@link Optimizer.AdaDelta}. */
  static void adadelta(
      Rows rows, int row, float[] direction, float factor, float rho, float epsilon) {
    int start = row * rows.stride();
    for (int k = 0; k < rows.stride(); k += LANES) {
      FloatVector g = load(direction, k).mul(factor);
      FloatVector squares = load(rows.squares(), start + k);
      squares = squares.mul(rho).add(g.mul(g).mul(1 - rho));
      FloatVector steps = load(rows.steps(), start + k);
      FloatVector ratio = steps.add(epsilon).div(squares.add(epsilon));
      FloatVector step = ratio.lanewise(VectorOperators.SQRT).mul(g);
      squares.intoArray(rows.squares(), start + k);
      steps.mul(rho).add(step.mul(step).mul(1 - rho)).intoArray(rows.steps(), start + k);
      load(rows.values(), start + k).sub(step).intoArray(rows.values(), start + k);
    }
  }

  private static FloatVector load(float[] values, int start) {
    return FloatVector.fromArray(SPECIES, values, start);
  }
}
