package dev.tessera.host.report;

import dev.tessera.host.evaluate.EmbeddingMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What can be seen of an embedding without knowing what it is for.
 *
 * @param name the step
 * @param clients N
 * @param dimension D
 * @param covered clients whose row is not all zeros
 * @param norms least, 5 %, median, 95 % and largest Euclidean norm of the covered rows
 * @param histogram of the norms between least and largest, in equal bins
 * @param dead columns with the same value for all clients, by name or number
 * @param duplicates pairs of columns that are the same up to scale and shift
 */
public record EmbeddingFacts(
    String name,
    int clients,
    int dimension,
    int covered,
    List<Double> norms,
    List<Integer> histogram,
    List<String> dead,
    List<String> duplicates) {

  private static final int BINS = 24;
  private static final int SAMPLE = 2_000;
  private static final double SAME = 0.99999;
  private static final int MOST_NAMED = 40;

  /** Looks at an embedding; columns are compared on a sample of clients. */
  static EmbeddingFacts of(EmbeddingMatrix matrix, List<String> columnNames) {
    double[] norms = new double[matrix.rows()];
    IntStream.range(0, norms.length).parallel().forEach(row -> norms[row] = norm(matrix, row));
    double[] covered = Arrays.stream(norms).filter(norm -> norm > 0).sorted().toArray();
    double[][] columns = standardised(matrix);
    List<String> dead = new ArrayList<>();
    for (int c = 0; c < columns.length; c++) {
      if (columns[c].length == 0) {
        dead.add(columnName(columnNames, c));
      }
    }
    return new EmbeddingFacts(
        matrix.name(),
        matrix.rows(),
        matrix.dimension(),
        covered.length,
        quantiles(covered),
        histogram(covered),
        dead,
        duplicates(columns, columnNames));
  }

  private static double norm(EmbeddingMatrix matrix, int row) {
    float[] values = new float[matrix.dimension()];
    matrix.read(row, values, 0);
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }

  private static List<Double> quantiles(double[] sorted) {
    List<Double> quantiles = new ArrayList<>();
    for (double share : new double[] {0, 0.05, 0.5, 0.95, 1}) {
      quantiles.add(sorted.length == 0 ? 0 : sorted[(int) (share * (sorted.length - 1))]);
    }
    return quantiles;
  }

  private static List<Integer> histogram(double[] sorted) {
    Integer[] bins = new Integer[BINS];
    Arrays.fill(bins, 0);
    for (double norm : sorted) {
      double span = sorted[sorted.length - 1] - sorted[0];
      int bin = span > 0 ? (int) (BINS * (norm - sorted[0]) / span) : 0;
      bins[Math.min(BINS - 1, bin)]++;
    }
    return List.of(bins);
  }

  /** Columns of a sample of rows, mean 0 and length 1; an empty array for a constant one. */
  private static double[][] standardised(EmbeddingMatrix matrix) {
    int rows = Math.min(SAMPLE, matrix.rows());
    double[][] columns = new double[matrix.dimension()][rows];
    float[] values = new float[matrix.dimension()];
    for (int i = 0; i < rows; i++) {
      matrix.read((int) ((long) i * matrix.rows() / rows), values, 0);
      for (int c = 0; c < values.length; c++) {
        columns[c][i] = values[c];
      }
    }
    for (int c = 0; c < columns.length; c++) {
      columns[c] = standardised(columns[c]);
    }
    return columns;
  }

  private static double[] standardised(double[] column) {
    double mean = Arrays.stream(column).average().orElse(0);
    double squares = 0;
    for (int i = 0; i < column.length; i++) {
      column[i] -= mean;
      squares += column[i] * column[i];
    }
    if (squares <= 1e-12 * column.length * (mean * mean + 1e-12)) {
      return new double[0];
    }
    double scale = 1 / Math.sqrt(squares);
    for (int i = 0; i < column.length; i++) {
      column[i] *= scale;
    }
    return column;
  }

  private static List<String> duplicates(double[][] columns, List<String> names) {
    return IntStream.range(0, columns.length)
        .parallel()
        .boxed()
        .flatMap(
            a ->
                IntStream.range(a + 1, columns.length)
                    .filter(b -> Math.abs(correlation(columns[a], columns[b])) > SAME)
                    .mapToObj(b -> columnName(names, a) + " = " + columnName(names, b)))
        .limit(MOST_NAMED)
        .toList();
  }

  private static double correlation(double[] a, double[] b) {
    if (a.length == 0 || b.length == 0) {
      return 0;
    }
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static String columnName(List<String> names, int column) {
    return names.isEmpty() ? String.valueOf(column) : names.get(column);
  }
}
