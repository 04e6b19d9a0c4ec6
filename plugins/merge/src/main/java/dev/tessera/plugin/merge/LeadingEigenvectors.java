package dev.tessera.plugin.merge;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.util.Arrays;
import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.decomposition.eig.symm.SymmetricQrAlgorithm_DDRM;
import org.ejml.dense.row.decomposition.hessenberg.TridiagonalDecompositionHouseholder_DDRM;

/**
 * The largest eigenvalues of a symmetric matrix and their eigenvectors. Golub and Van Loan, "Matrix
 * Computations": Householder reflections to a tridiagonal T = QᵀAQ (8.3.1), all eigenvalues of T by
 * implicit QR (8.3.3), eigenvectors of T by inverse iteration (8.2.2), orthonormalised one after
 * the other, and turned back by Q. Finding only those wanted spares the rotations of a D × D matrix
 * at each QR step, half the work of a whole decomposition.
 *
 * @param values [K] descending
 * @param vectors [K, D] unit rows
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record LeadingEigenvectors(double[] values, DMatrixRMaj vectors) {

  /** One suffices from a generic start; the second and third make it exact to rounding. */
  private static final int INVERSE_ITERATIONS = 3;

  private static final double EPSILON = Math.ulp(1.0);

  /**
   * Decomposes.
   *
   * @param symmetric [D, D], overwritten
   * @param count K, at most D
   * @throws PluginException if the eigenvalues do not converge
   */
  static LeadingEigenvectors of(DMatrixRMaj symmetric, int count) {
    int size = symmetric.numRows;
    if (size == 1) {
      return new LeadingEigenvectors(
          new double[] {symmetric.get(0, 0)}, new DMatrixRMaj(1, 1, true, 1));
    }
    Householder householder = new Householder();
    SymmetricQrAlgorithm_DDRM qr = new SymmetricQrAlgorithm_DDRM();
    double[] diagonal = new double[size];
    double[] off = new double[size - 1];
    boolean found = householder.decompose(symmetric);
    if (found) {
      householder.getDiagonal(diagonal, off);
      found = qr.process(size, diagonal.clone(), off.clone());
    }
    if (!found) {
      throw new PluginException(
          ErrorCode.INTERNAL,
          "the eigenvalues of a %d x %d matrix did not converge".formatted(size, size));
    }
    double[] ascending = new double[size];
    for (int i = 0; i < size; i++) {
      ascending[i] = qr.getEigenvalue(i);
    }
    Arrays.sort(ascending);
    Tridiagonal tridiagonal = new Tridiagonal(diagonal, off);
    DMatrixRMaj vectors = new DMatrixRMaj(count, size);
    double[] values = new double[count];
    Random random = new Random(1); // any direction that is not orthogonal to an eigenvector will do
    double[] vector = new double[size];
    for (int k = 0; k < count; k++) {
      values[k] = ascending[size - 1 - k];
      for (int i = 0; i < size; i++) {
        vector[i] = random.nextDouble() - 0.5;
      }
      for (int i = 0; i < INVERSE_ITERATIONS; i++) {
        tridiagonal.solveShifted(values[k], vector);
        normalize(vector);
        orthogonalize(vector, vectors, k);
        normalize(vector);
      }
      orthogonalize(vector, vectors, k); // twice is enough (Kahan, in Parlett 1980)
      normalize(vector);
      System.arraycopy(vector, 0, vectors.data, k * size, size);
    }
    householder.turnBack(vectors);
    return new LeadingEigenvectors(values, vectors);
  }

  /**
   * As the components of centred rows whose scatter matrix this decomposes.
   *
   * @param mean [D] of the rows
   * @param rows N
   */
  Pca pca(double[] mean, int rows) {
    double[] variances = new double[values.length];
    for (int k = 0; k < variances.length; k++) {
      variances[k] = Math.max(0, values[k]) / Math.max(1, rows - 1);
    }
    return new Pca(mean, vectors.data, variances);
  }

  private static void normalize(double[] vector) {
    double largest = 0; // first: squares of what inverse iteration returns may overflow
    for (double value : vector) {
      largest = Math.max(largest, Math.abs(value));
    }
    double squares = 0;
    for (double value : vector) {
      squares += value / largest * (value / largest);
    }
    double length = largest * Math.sqrt(squares);
    for (int i = 0; i < vector.length; i++) {
      vector[i] /= length;
    }
  }

  private static void orthogonalize(double[] vector, DMatrixRMaj against, int rows) {
    for (int row = 0; row < rows; row++) {
      int from = row * against.numCols;
      double product = 0;
      for (int i = 0; i < vector.length; i++) {
        product += against.data[from + i] * vector[i];
      }
      for (int i = 0; i < vector.length; i++) {
        vector[i] -= product * against.data[from + i];
      }
    }
  }

  /** Applies Q to a few vectors without forming it. */
  private static final class Householder extends TridiagonalDecompositionHouseholder_DDRM {

    /**
     * Applies the reflections I - γuuᵀ, last first, to each row. Row j of {@code QT} holds u from
     * column j + 2 on; entry j + 1 of u is 1, those before are 0.
     */
    void turnBack(DMatrixRMaj rows) {
      double[] u = new double[N];
      for (int j = N - 2; j >= 0; j--) {
        u[j + 1] = 1;
        for (int i = j + 2; i < N; i++) {
          u[i] = QT.data[j * N + i];
        }
        for (int row = 0; row < rows.numRows; row++) {
          reflect(rows.data, row * N, u, j + 1, gammas[j + 1]);
        }
      }
    }

    private static void reflect(double[] rows, int at, double[] u, int from, double gamma) {
      double product = 0;
      for (int i = from; i < u.length; i++) {
        product += u[i] * rows[at + i];
      }
      product *= gamma;
      for (int i = from; i < u.length; i++) {
        rows[at + i] -= product * u[i];
      }
    }
  }

  /**
   * A symmetric tridiagonal matrix.
   *
   * @param diagonal [D]
   * @param off [D - 1]
   */
  private record Tridiagonal(double[] diagonal, double[] off) {

    /**
     * Replaces x by (T - shift·I)⁻¹x, by elimination with row exchanges. A pivot of zero, which a
     * shift that is an eigenvalue gives, becomes a rounding error of the matrix.
     */
    void solveShifted(double shift, double[] x) {
      int size = diagonal.length;
      double tiny = EPSILON * scale();
      double[] pivot = new double[size];
      double[] next = new double[size];
      double[] afterNext = new double[size];
      double here = diagonal[0] - shift;
      double right = off[0];
      for (int i = 0; i + 1 < size; i++) {
        double below = off[i];
        double belowDiagonal = diagonal[i + 1] - shift;
        double belowRight = i + 2 < size ? off[i + 1] : 0;
        if (Math.abs(below) > Math.abs(here)) { // exchange the rows
          double factor = here / below;
          pivot[i] = below;
          next[i] = belowDiagonal;
          afterNext[i] = belowRight;
          here = right - factor * belowDiagonal;
          right = -factor * belowRight;
          double swapped = x[i];
          x[i] = x[i + 1];
          x[i + 1] = swapped - factor * x[i];
        } else {
          pivot[i] = here == 0 ? tiny : here;
          double factor = below / pivot[i];
          next[i] = right;
          here = belowDiagonal - factor * right;
          right = belowRight;
          x[i + 1] -= factor * x[i];
        }
      }
      pivot[size - 1] = Math.abs(here) < tiny ? tiny : here;
      for (int i = size - 1; i >= 0; i--) {
        double sum = x[i];
        if (i + 1 < size) {
          sum -= next[i] * x[i + 1];
        }
        if (i + 2 < size) {
          sum -= afterNext[i] * x[i + 2];
        }
        x[i] = sum / pivot[i];
      }
    }

    private double scale() {
      double largest = Double.MIN_NORMAL / EPSILON;
      for (double value : diagonal) {
        largest = Math.max(largest, Math.abs(value));
      }
      for (double value : off) {
        largest = Math.max(largest, Math.abs(value));
      }
      return largest;
    }
  }
}
