package dev.tessera.neural;

import java.nio.FloatBuffer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Sums over, and updates of, parts of float arrays, many floats at a time. */
final class RowMath {

  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;

  /** Rows that {@link #product} works on at a time. */
  static final int ROWS = 4;

  private RowMath() {}

  /** A length at least {@code size} that is a whole number of vectors, and of {@link #ROWS}. */
  static int padded(int size) {
    int unit = Math.max(ROWS, FLOATS.length());
    return (size + unit - 1) / unit * unit;
  }

  /** {@code Σ a[i]}. */
  static float sum(float[] a, int from, int count) {
    FloatVector sums = FloatVector.zero(FLOATS);
    int bound = FLOATS.loopBound(count);
    for (int i = 0; i < bound; i += FLOATS.length()) {
      sums = sums.add(FloatVector.fromArray(FLOATS, a, from + i));
    }
    float sum = Lanes.sum(sums);
    for (int i = bound; i < count; i++) {
      sum += a[from + i];
    }
    return sum;
  }

  /** {@code Σ (a[i] − mean)²}. */
  static float squaredDeviations(float[] a, int from, int count, float mean) {
    FloatVector sums = FloatVector.zero(FLOATS);
    int bound = FLOATS.loopBound(count);
    for (int i = 0; i < bound; i += FLOATS.length()) {
      FloatVector deviation = FloatVector.fromArray(FLOATS, a, from + i).sub(mean);
      sums = deviation.fma(deviation, sums);
    }
    float sum = Lanes.sum(sums);
    for (int i = bound; i < count; i++) {
      sum += (a[from + i] - mean) * (a[from + i] - mean);
    }
    return sum;
  }

  /** {@code Σ a[i] b[i]}. */
  static float dot(float[] a, int fromA, float[] b, int fromB, int count) {
    FloatVector sums = FloatVector.zero(FLOATS);
    int bound = FLOATS.loopBound(count);
    for (int i = 0; i < bound; i += FLOATS.length()) {
      sums =
          FloatVector.fromArray(FLOATS, a, fromA + i)
              .fma(FloatVector.fromArray(FLOATS, b, fromB + i), sums);
    }
    float sum = Lanes.sum(sums);
    for (int i = bound; i < count; i++) {
      sum += a[fromA + i] * b[fromB + i];
    }
    return sum;
  }

  /** {@code target[from + i] += factor · row[i]}; {@code work} is as long as the row. */
  static void addTo(FloatBuffer target, int from, float[] row, float factor, float[] work) {
    target.get(from, work);
    for (int i = 0; i < row.length; i++) {
      work[i] += factor * row[i];
    }
    target.put(from, work);
  }

  /**
   * A matrix in an array: element (i, j) is at {@code from + i · row + j · column}.
   *
   * @param values the array
   */
  record Matrix(float[] values, int from, int row, int column) {}

  /**
   * {@code C = A B} for some rows of A, for a range of the inner index.
   *
   * @param a [{@link #ROWS} from its first position on, inner]
   * @param b [inner, n], row by row
   * @param c [{@link #ROWS}, n], row by row, written
   * @param n a whole number of vectors
   */
  static void product(Matrix a, Matrix b, Matrix c, int n, int innerFrom, int innerTo) {
    int width = FLOATS.length();
    int j = 0;
    for (; j + 2 * width <= n; j += 2 * width) {
      two(a, b, c, j, innerFrom, innerTo);
    }
    if (j < n) {
      one(a, b, c, j, innerFrom, innerTo);
    }
  }

  private static void two(Matrix a, Matrix b, Matrix c, int j, int from, int to) {
    int width = FLOATS.length();
    float[] left = a.values();
    float[] right = b.values();
    int row = a.row();
    FloatVector sum00 = FloatVector.zero(FLOATS);
    FloatVector sum01 = sum00;
    FloatVector sum10 = sum00;
    FloatVector sum11 = sum00;
    FloatVector sum20 = sum00;
    FloatVector sum21 = sum00;
    FloatVector sum30 = sum00;
    FloatVector sum31 = sum00;
    int at = a.from() + from * a.column();
    int bAt = b.from() + from * b.row() + j;
    for (int k = from; k < to; k++) {
      FloatVector b0 = FloatVector.fromArray(FLOATS, right, bAt);
      FloatVector b1 = FloatVector.fromArray(FLOATS, right, bAt + width);
      FloatVector factor = FloatVector.broadcast(FLOATS, left[at]);
      sum00 = factor.fma(b0, sum00);
      sum01 = factor.fma(b1, sum01);
      factor = FloatVector.broadcast(FLOATS, left[at + row]);
      sum10 = factor.fma(b0, sum10);
      sum11 = factor.fma(b1, sum11);
      factor = FloatVector.broadcast(FLOATS, left[at + 2 * row]);
      sum20 = factor.fma(b0, sum20);
      sum21 = factor.fma(b1, sum21);
      factor = FloatVector.broadcast(FLOATS, left[at + 3 * row]);
      sum30 = factor.fma(b0, sum30);
      sum31 = factor.fma(b1, sum31);
      at += a.column();
      bAt += b.row();
    }
    int cAt = c.from() + j;
    sum00.intoArray(c.values(), cAt);
    sum01.intoArray(c.values(), cAt + width);
    sum10.intoArray(c.values(), cAt + c.row());
    sum11.intoArray(c.values(), cAt + c.row() + width);
    sum20.intoArray(c.values(), cAt + 2 * c.row());
    sum21.intoArray(c.values(), cAt + 2 * c.row() + width);
    sum30.intoArray(c.values(), cAt + 3 * c.row());
    sum31.intoArray(c.values(), cAt + 3 * c.row() + width);
  }

  private static void one(Matrix a, Matrix b, Matrix c, int j, int from, int to) {
    float[] left = a.values();
    int row = a.row();
    FloatVector sum0 = FloatVector.zero(FLOATS);
    FloatVector sum1 = sum0;
    FloatVector sum2 = sum0;
    FloatVector sum3 = sum0;
    int at = a.from() + from * a.column();
    int bAt = b.from() + from * b.row() + j;
    for (int k = from; k < to; k++) {
      FloatVector part = FloatVector.fromArray(FLOATS, b.values(), bAt);
      sum0 = FloatVector.broadcast(FLOATS, left[at]).fma(part, sum0);
      sum1 = FloatVector.broadcast(FLOATS, left[at + row]).fma(part, sum1);
      sum2 = FloatVector.broadcast(FLOATS, left[at + 2 * row]).fma(part, sum2);
      sum3 = FloatVector.broadcast(FLOATS, left[at + 3 * row]).fma(part, sum3);
      at += a.column();
      bAt += b.row();
    }
    int cAt = c.from() + j;
    sum0.intoArray(c.values(), cAt);
    sum1.intoArray(c.values(), cAt + c.row());
    sum2.intoArray(c.values(), cAt + 2 * c.row());
    sum3.intoArray(c.values(), cAt + 3 * c.row());
  }
}
