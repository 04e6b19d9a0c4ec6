package dev.tessera.plugin.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeadingEigenvectorsTest {

  /** A = VΛVᵀ with known Λ, among it equal and zero eigenvalues. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 17, 90})
  void solvesTheEigenvalueEquation(int size) {
    SplittableRandom random = new SplittableRandom(size);
    DMatrixRMaj symmetric = new DMatrixRMaj(size, size);
    double[] expected = new double[size];
    for (int i = 0; i < size; i++) {
      expected[i] = Math.max(0, 5 - i / 3);
      symmetric.set(i, i, expected[i]);
    }
    for (int turn = 0; turn < 3; turn++) {
      reflect(symmetric, random);
    }
    LeadingEigenvectors found = LeadingEigenvectors.of(symmetric.copy(), size);
    assertThat(found.values()).containsExactly(expected, within(1e-12));
    check(symmetric, found);
  }

  /** What has no off-diagonal elements takes no reflection, and splits into blocks of one. */
  @Test
  void takesADiagonalMatrixAndAZeroMatrix() {
    DMatrixRMaj diagonal = new DMatrixRMaj(6, 6);
    for (int i = 0; i < 6; i++) {
      diagonal.set(i, i, i % 4);
    }
    LeadingEigenvectors found = LeadingEigenvectors.of(diagonal.copy(), 4);
    assertThat(found.values()).containsExactly(new double[] {3, 2, 1, 1}, within(1e-15));
    check(diagonal, found);
    check(new DMatrixRMaj(5, 5), LeadingEigenvectors.of(new DMatrixRMaj(5, 5), 5));
  }

  private static void check(DMatrixRMaj symmetric, LeadingEigenvectors found) {
    int size = symmetric.numRows;
    DMatrixRMaj vectors = found.vectors();
    for (int k = 0; k < vectors.numRows; k++) {
      for (int i = 0; i < size; i++) {
        double product = 0;
        for (int j = 0; j < size; j++) {
          product += symmetric.get(i, j) * vectors.get(k, j);
        }
        assertThat(product).isCloseTo(found.values()[k] * vectors.get(k, i), within(1e-11));
      }
      for (int other = 0; other <= k; other++) {
        double product = 0;
        for (int j = 0; j < size; j++) {
          product += vectors.get(k, j) * vectors.get(other, j);
        }
        assertThat(product).isCloseTo(other == k ? 1 : 0, within(1e-12));
      }
    }
  }

  /** Turns the space at a random plane: A becomes HAH. */
  private static void reflect(DMatrixRMaj symmetric, SplittableRandom random) {
    int size = symmetric.numRows;
    double[] u = random.doubles(size, -1, 1).toArray();
    double squares = 0;
    for (double value : u) {
      squares += value * value;
    }
    for (int side = 0; side < 2; side++) {
      for (int row = 0; row < size; row++) {
        double product = 0;
        for (int j = 0; j < size; j++) {
          product += u[j] * (side == 0 ? symmetric.get(row, j) : symmetric.get(j, row));
        }
        for (int j = 0; j < size; j++) {
          double step = 2 * product * u[j] / squares;
          if (side == 0) {
            symmetric.add(row, j, -step);
          } else {
            symmetric.add(j, row, -step);
          }
        }
      }
    }
  }
}
