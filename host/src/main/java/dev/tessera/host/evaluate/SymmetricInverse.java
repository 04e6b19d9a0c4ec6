package dev.tessera.host.evaluate;

import java.util.stream.IntStream;

/** The inverse of a symmetric positive definite matrix, by Cholesky's factors. */
final class SymmetricInverse {

  private SymmetricInverse() {}

  /**
   * Inverts.
   *
   * @param matrix [n · n]
   * @return [n · n]
   */
  static float[] of(double[] matrix, int n) {
    double[][] lower = cholesky(matrix, n);
    double[][] inverse = invertLower(lower, n);
    // (L Lᵀ)⁻¹ = L⁻ᵀ L⁻¹; columns of L⁻¹ are rows here, which start at the diagonal
    float[] result = new float[n * n];
    IntStream.range(0, n)
        .parallel()
        .forEach(
            i -> {
              for (int j = 0; j <= i; j++) {
                double sum = 0;
                for (int k = i; k < n; k++) {
                  sum += inverse[i][k] * inverse[j][k];
                }
                result[i * n + j] = (float) sum;
                result[j * n + i] = (float) sum;
              }
            });
    return result;
  }

  private static double[][] cholesky(double[] matrix, int n) {
    double[][] lower = new double[n][];
    for (int i = 0; i < n; i++) {
      lower[i] = new double[i + 1];
      for (int j = 0; j <= i; j++) {
        double sum = matrix[i * n + j];
        for (int k = 0; k < j; k++) {
          sum -= lower[i][k] * lower[j][k];
        }
        if (i > j) {
          lower[i][j] = sum / lower[j][j];
        } else if (sum > 0) {
          lower[i][i] = Math.sqrt(sum);
        } else {
          throw new IllegalStateException("matrix is not positive definite at row " + i);
        }
      }
    }
    return lower;
  }

  /** Column j of {@code L⁻¹} as row j, from the diagonal on. */
  private static double[][] invertLower(double[][] lower, int n) {
    double[][] columns = new double[n][n];
    IntStream.range(0, n)
        .parallel()
        .forEach(
            j -> {
              double[] column = columns[j];
              column[j] = 1 / lower[j][j];
              for (int i = j + 1; i < n; i++) {
                double sum = 0;
                for (int k = j; k < i; k++) {
                  sum -= lower[i][k] * column[k];
                }
                column[i] = sum / lower[i][i];
              }
            });
    return columns;
  }
}
