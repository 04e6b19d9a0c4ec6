package dev.tessera.host.report;

import dev.tessera.host.evaluate.EmbeddingMatrix;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * The two directions in which clients differ most: the leading eigenvectors of the columns'
 * covariance, by orthogonal iteration (Golub and Van Loan, Matrix Computations, 8.2).
 */
final class PrincipalPlane {

  private static final int ROUNDS = 60;

  private final double[][] rows;
  private final int dimension;

  /**
   * The plane of some clients.
   *
   * @param sample the rows of the embedding
   */
  PrincipalPlane(EmbeddingMatrix matrix, int[] sample) {
    dimension = matrix.dimension();
    rows = new double[sample.length][dimension];
    float[] values = new float[dimension];
    double[] means = new double[dimension];
    for (int i = 0; i < sample.length; i++) {
      matrix.read(sample[i], values, 0);
      for (int c = 0; c < dimension; c++) {
        rows[i][c] = values[c];
        means[c] += values[c] / (double) sample.length;
      }
    }
    for (double[] row : rows) {
      for (int c = 0; c < dimension; c++) {
        row[c] -= means[c];
      }
    }
  }

  /** [sample][2] the clients' places. */
  double[][] places() {
    Random random = new Random(1);
    double[] first = random.doubles(dimension, -1, 1).toArray();
    double[] second = random.doubles(dimension, -1, 1).toArray();
    for (int round = 0; round < ROUNDS; round++) {
      first = unit(times(first));
      second = times(second);
      double along = dot(first, second);
      for (int c = 0; c < dimension; c++) {
        second[c] -= along * first[c];
      }
      second = unit(second);
    }
    double[][] places = new double[rows.length][2];
    for (int i = 0; i < rows.length; i++) {
      places[i][0] = dot(rows[i], first);
      places[i][1] = dimension > 1 ? dot(rows[i], second) : 0;
    }
    return places;
  }

  /** {@code Xᵀ X v}. */
  private double[] times(double[] v) {
    double[] along =
        IntStream.range(0, rows.length).parallel().mapToDouble(i -> dot(rows[i], v)).toArray();
    double[] result = new double[dimension];
    for (int i = 0; i < rows.length; i++) {
      for (int c = 0; c < dimension; c++) {
        result[c] += along[i] * rows[i][c];
      }
    }
    return result;
  }

  private static double[] unit(double[] v) {
    double length = Math.sqrt(dot(v, v));
    double scale = length > 0 ? 1 / length : 0;
    double[] unit = new double[v.length];
    for (int c = 0; c < v.length; c++) {
      unit[c] = v[c] * scale;
    }
    return unit;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
