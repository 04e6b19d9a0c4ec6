package dev.tessera.plugin.merge;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The inner loop of every matrix product: a tile of {@link #ROWS} × {@link #WIDTH} sums kept in
 * vector registers while it runs over the summed index. Plain loops reach a sixth of its speed,
 * because they load and store the sums at every step.
 */
final class PanelKernel {

  private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /**
   * Columns of a tile: four vectors, three where the vectors are of 32 bytes. Such machines have
   * half as many registers, and sums that do not fit are stored and loaded at every step.
   */
  static final int WIDTH = LANES > 4 ? 4 * LANES : 3 * LANES;

  /** Rows of a tile. */
  static final int ROWS = 4;

  private PanelKernel() {}

  /**
   * Has the kernel compiled. Until then every vector operation is a call that allocates, a hundred
   * times slower; the compiler asks for calls and rounds, and many short calls give it both in a
   * tenth of a second, where the first blocks of real work would creep for more than one.
   */
  static void warmUp() {
    double[] zeros = new double[Math.max(ROWS, 32) * WIDTH];
    for (int i = 0; i < 1500; i++) {
      multiplyAdd(zeros, 0, WIDTH, 1, zeros, 25, zeros, 0);
    }
  }

  /**
   * {@code c[cFrom + s·WIDTH + j] += Σ_t a[aFrom + t·aStep + s·aRow] · b[t·WIDTH + j]} for s in 0 …
   * ROWS-1, j in 0 … WIDTH-1, t in 0 … length-1 in order, each by a fused multiply-add.
   */
  static void multiplyAdd(
      double[] a, int aFrom, int aStep, int aRow, double[] b, int length, double[] c, int cFrom) {
    if (WIDTH == 4 * LANES) {
      fourVectors(a, aFrom, aStep, aRow, b, length, c, cFrom);
    } else {
      threeVectors(a, aFrom, aStep, aRow, b, length, c, cFrom);
    }
  }

  // These two are long and repetitive on purpose: accumulators must be local variables to live in
  // registers.
  private static void fourVectors(
      double[] a, int aFrom, int aStep, int aRow, double[] b, int length, double[] c, int cFrom) {
    DoubleVector s00 = DoubleVector.fromArray(SPECIES, c, cFrom);
    DoubleVector s01 = DoubleVector.fromArray(SPECIES, c, cFrom + LANES);
    DoubleVector s02 = DoubleVector.fromArray(SPECIES, c, cFrom + 2 * LANES);
    DoubleVector s03 = DoubleVector.fromArray(SPECIES, c, cFrom + 3 * LANES);
    DoubleVector s10 = DoubleVector.fromArray(SPECIES, c, cFrom + 4 * LANES);
    DoubleVector s11 = DoubleVector.fromArray(SPECIES, c, cFrom + 5 * LANES);
    DoubleVector s12 = DoubleVector.fromArray(SPECIES, c, cFrom + 6 * LANES);
    DoubleVector s13 = DoubleVector.fromArray(SPECIES, c, cFrom + 7 * LANES);
    DoubleVector s20 = DoubleVector.fromArray(SPECIES, c, cFrom + 8 * LANES);
    DoubleVector s21 = DoubleVector.fromArray(SPECIES, c, cFrom + 9 * LANES);
    DoubleVector s22 = DoubleVector.fromArray(SPECIES, c, cFrom + 10 * LANES);
    DoubleVector s23 = DoubleVector.fromArray(SPECIES, c, cFrom + 11 * LANES);
    DoubleVector s30 = DoubleVector.fromArray(SPECIES, c, cFrom + 12 * LANES);
    DoubleVector s31 = DoubleVector.fromArray(SPECIES, c, cFrom + 13 * LANES);
    DoubleVector s32 = DoubleVector.fromArray(SPECIES, c, cFrom + 14 * LANES);
    DoubleVector s33 = DoubleVector.fromArray(SPECIES, c, cFrom + 15 * LANES);
    int at = 0;
    int of = aFrom;
    for (int t = 0; t < length; t++) {
      DoubleVector b0 = DoubleVector.fromArray(SPECIES, b, at);
      DoubleVector b1 = DoubleVector.fromArray(SPECIES, b, at + LANES);
      DoubleVector b2 = DoubleVector.fromArray(SPECIES, b, at + 2 * LANES);
      DoubleVector b3 = DoubleVector.fromArray(SPECIES, b, at + 3 * LANES);
      DoubleVector x = DoubleVector.broadcast(SPECIES, a[of]);
      s00 = x.fma(b0, s00);
      s01 = x.fma(b1, s01);
      s02 = x.fma(b2, s02);
      s03 = x.fma(b3, s03);
      x = DoubleVector.broadcast(SPECIES, a[of + aRow]);
      s10 = x.fma(b0, s10);
      s11 = x.fma(b1, s11);
      s12 = x.fma(b2, s12);
      s13 = x.fma(b3, s13);
      x = DoubleVector.broadcast(SPECIES, a[of + 2 * aRow]);
      s20 = x.fma(b0, s20);
      s21 = x.fma(b1, s21);
      s22 = x.fma(b2, s22);
      s23 = x.fma(b3, s23);
      x = DoubleVector.broadcast(SPECIES, a[of + 3 * aRow]);
      s30 = x.fma(b0, s30);
      s31 = x.fma(b1, s31);
      s32 = x.fma(b2, s32);
      s33 = x.fma(b3, s33);
      at += WIDTH;
      of += aStep;
    }
    s00.intoArray(c, cFrom);
    s01.intoArray(c, cFrom + LANES);
    s02.intoArray(c, cFrom + 2 * LANES);
    s03.intoArray(c, cFrom + 3 * LANES);
    s10.intoArray(c, cFrom + 4 * LANES);
    s11.intoArray(c, cFrom + 5 * LANES);
    s12.intoArray(c, cFrom + 6 * LANES);
    s13.intoArray(c, cFrom + 7 * LANES);
    s20.intoArray(c, cFrom + 8 * LANES);
    s21.intoArray(c, cFrom + 9 * LANES);
    s22.intoArray(c, cFrom + 10 * LANES);
    s23.intoArray(c, cFrom + 11 * LANES);
    s30.intoArray(c, cFrom + 12 * LANES);
    s31.intoArray(c, cFrom + 13 * LANES);
    s32.intoArray(c, cFrom + 14 * LANES);
    s33.intoArray(c, cFrom + 15 * LANES);
  }

  private static void threeVectors(
      double[] a, int aFrom, int aStep, int aRow, double[] b, int length, double[] c, int cFrom) {
    DoubleVector s00 = DoubleVector.fromArray(SPECIES, c, cFrom);
    DoubleVector s01 = DoubleVector.fromArray(SPECIES, c, cFrom + LANES);
    DoubleVector s02 = DoubleVector.fromArray(SPECIES, c, cFrom + 2 * LANES);
    DoubleVector s10 = DoubleVector.fromArray(SPECIES, c, cFrom + 3 * LANES);
    DoubleVector s11 = DoubleVector.fromArray(SPECIES, c, cFrom + 4 * LANES);
    DoubleVector s12 = DoubleVector.fromArray(SPECIES, c, cFrom + 5 * LANES);
    DoubleVector s20 = DoubleVector.fromArray(SPECIES, c, cFrom + 6 * LANES);
    DoubleVector s21 = DoubleVector.fromArray(SPECIES, c, cFrom + 7 * LANES);
    DoubleVector s22 = DoubleVector.fromArray(SPECIES, c, cFrom + 8 * LANES);
    DoubleVector s30 = DoubleVector.fromArray(SPECIES, c, cFrom + 9 * LANES);
    DoubleVector s31 = DoubleVector.fromArray(SPECIES, c, cFrom + 10 * LANES);
    DoubleVector s32 = DoubleVector.fromArray(SPECIES, c, cFrom + 11 * LANES);
    int at = 0;
    int of = aFrom;
    for (int t = 0; t < length; t++) {
      DoubleVector b0 = DoubleVector.fromArray(SPECIES, b, at);
      DoubleVector b1 = DoubleVector.fromArray(SPECIES, b, at + LANES);
      DoubleVector b2 = DoubleVector.fromArray(SPECIES, b, at + 2 * LANES);
      DoubleVector x = DoubleVector.broadcast(SPECIES, a[of]);
      s00 = x.fma(b0, s00);
      s01 = x.fma(b1, s01);
      s02 = x.fma(b2, s02);
      x = DoubleVector.broadcast(SPECIES, a[of + aRow]);
      s10 = x.fma(b0, s10);
      s11 = x.fma(b1, s11);
      s12 = x.fma(b2, s12);
      x = DoubleVector.broadcast(SPECIES, a[of + 2 * aRow]);
      s20 = x.fma(b0, s20);
      s21 = x.fma(b1, s21);
      s22 = x.fma(b2, s22);
      x = DoubleVector.broadcast(SPECIES, a[of + 3 * aRow]);
      s30 = x.fma(b0, s30);
      s31 = x.fma(b1, s31);
      s32 = x.fma(b2, s32);
      at += WIDTH;
      of += aStep;
    }
    s00.intoArray(c, cFrom);
    s01.intoArray(c, cFrom + LANES);
    s02.intoArray(c, cFrom + 2 * LANES);
    s10.intoArray(c, cFrom + 3 * LANES);
    s11.intoArray(c, cFrom + 4 * LANES);
    s12.intoArray(c, cFrom + 5 * LANES);
    s20.intoArray(c, cFrom + 6 * LANES);
    s21.intoArray(c, cFrom + 7 * LANES);
    s22.intoArray(c, cFrom + 8 * LANES);
    s30.intoArray(c, cFrom + 9 * LANES);
    s31.intoArray(c, cFrom + 10 * LANES);
    s32.intoArray(c, cFrom + 11 * LANES);
  }
}
