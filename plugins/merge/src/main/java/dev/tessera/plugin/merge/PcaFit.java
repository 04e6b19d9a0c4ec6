package dev.tessera.plugin.merge;

import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/**
 * Finds principal components, the eigenvectors of {@code XᵀX} for centred rows X [N, D].
 *
 * <p>{@link #full}: from the whole matrix, as exact as a singular value decomposition of X for
 * every component whose singular value is not below 1e-8 of the largest.
 *
 * <p>{@link #randomized}: Halko, Martinsson and Tropp, "Finding structure with randomness", SIAM
 * Review 53 (2011), algorithms 4.4 (range finder with power iterations, orthonormalised each time)
 * and 5.3 (eigenvalues within that range), applied to {@code XᵀX}, never formed. Paper to code: A =
 * XᵀX, Ω = a Gaussian [D, L], L = K + {@link #OVERSAMPLING}, Q = the basis, B = {@code small}.
 * Random: Ω.
 */
final class PcaFit {

  /** Columns of the basis beyond the components wanted. */
  private static final int OVERSAMPLING = 10;

  /** Passes over the rows after the first; each squares the decay of the spectrum's tail. */
  private static final int POWER_ITERATIONS = 4;

  /** A column that shrinks below this share depends on the others, up to rounding. */
  private static final double DEPENDENT = 1e-12;

  private PcaFit() {}

  /**
   * Components from the scatter matrix.
   *
   * @param rows N
   */
  static Pca full(Covariance.Scatter scatter, int components, int rows) {
    int columns = scatter.mean().length;
    DMatrixRMaj symmetric = new DMatrixRMaj(columns, columns);
    for (int i = 0; i < columns; i++) {
      for (int j = i; j < columns; j++) {
        symmetric.set(i, j, scatter.squares().get(i, j));
        symmetric.set(j, i, scatter.squares().get(i, j));
      }
    }
    return LeadingEigenvectors.of(symmetric, components).pca(scatter.mean(), rows);
  }

  /** Components from passes over the rows. */
  static Pca randomized(Covariance covariance, int components, int rows, long seed) {
    int columns = covariance.mean().length;
    int width = Math.min(components + OVERSAMPLING, columns);
    DMatrixRMaj q = new DMatrixRMaj(columns, width);
    Random random = new Random(seed);
    for (int i = 0; i < q.data.length; i++) {
      q.data[i] = random.nextGaussian();
    }
    orthonormal(q, random);
    for (int i = 0; i < POWER_ITERATIONS; i++) {
      q = orthonormal(scatterTimes(covariance, q), random);
    }
    DMatrixRMaj small = new DMatrixRMaj(width, width);
    CommonOps_DDRM.multTransA(q, scatterTimes(covariance, q), small);
    for (int i = 0; i < width; i++) {
      for (int j = 0; j < i; j++) {
        double mid = (small.get(i, j) + small.get(j, i)) / 2;
        small.set(i, j, mid);
        small.set(j, i, mid);
      }
    }
    LeadingEigenvectors inside = LeadingEigenvectors.of(small, components);
    DMatrixRMaj vectors = new DMatrixRMaj(components, columns);
    CommonOps_DDRM.multTransB(inside.vectors(), q, vectors);
    return new LeadingEigenvectors(inside.values(), vectors).pca(covariance.mean(), rows);
  }

  private static DMatrixRMaj scatterTimes(Covariance covariance, DMatrixRMaj q) {
    Panels panels = new Panels(q.numRows, q.numCols);
    for (int i = 0; i < q.numRows; i++) {
      for (int j = 0; j < q.numCols; j++) {
        panels.set(i, j, q.get(i, j));
      }
    }
    Panels product = covariance.scatterTimes(panels);
    DMatrixRMaj result = new DMatrixRMaj(q.numRows, q.numCols);
    for (int i = 0; i < q.numRows; i++) {
      for (int j = 0; j < q.numCols; j++) {
        result.set(i, j, product.get(i, j));
      }
    }
    return result;
  }

  /**
   * Makes the columns orthonormal, in place, by Gram-Schmidt done twice. A column that depends on
   * those before it (rows of lower rank than L) is drawn anew.
   */
  private static DMatrixRMaj orthonormal(DMatrixRMaj q, Random random) {
    for (int j = 0; j < q.numCols; j++) {
      double before = length(q, j);
      project(q, j);
      if (length(q, j) <= DEPENDENT * before) {
        for (int i = 0; i < q.numRows; i++) {
          q.set(i, j, random.nextGaussian());
        }
        project(q, j);
      }
      scale(q, j, 1 / length(q, j));
      project(q, j);
      scale(q, j, 1 / length(q, j));
    }
    return q;
  }

  private static void project(DMatrixRMaj q, int column) {
    for (int other = 0; other < column; other++) {
      double product = 0;
      for (int i = 0; i < q.numRows; i++) {
        product += q.get(i, other) * q.get(i, column);
      }
      for (int i = 0; i < q.numRows; i++) {
        q.set(i, column, q.get(i, column) - product * q.get(i, other));
      }
    }
  }

  private static double length(DMatrixRMaj q, int column) {
    double squares = 0;
    for (int i = 0; i < q.numRows; i++) {
      squares += q.get(i, column) * q.get(i, column);
    }
    return Math.sqrt(squares);
  }

  private static void scale(DMatrixRMaj q, int column, double factor) {
    for (int i = 0; i < q.numRows; i++) {
      q.set(i, column, q.get(i, column) * factor);
    }
  }
}
