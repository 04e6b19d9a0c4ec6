package dev.tessera.host.evaluate;

import ai.djl.ndarray.NDArray;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Some rows of an embedding as a design matrix: every column to mean 0 and variance 1, what is
 * beyond five deviations drawn back to there, a constant column to 0, and a last column of ones for
 * the intercept. In blocks of rows; 4 bytes a value.
 */
final class Design {

  static final int BLOCK_ROWS = 4096;
  private static final float MOST_DEVIATIONS = 5;

  private final int rows;
  private final int columns;
  private final List<NDArray> blocks = new ArrayList<>();

  Design(EmbeddingMatrix embedding, int[] selected, Torch torch) {
    rows = selected.length;
    int dimension = embedding.dimension();
    columns = dimension + 1;
    double[][] moments = moments(embedding, selected);
    float[] means = new float[dimension];
    float[] scales = new float[dimension];
    for (int c = 0; c < dimension; c++) {
      double mean = moments[0][c] / rows;
      double variance = moments[1][c] / rows - mean * mean;
      means[c] = (float) mean;
      boolean constant = variance <= 1e-12 * (mean * mean + 1e-12);
      scales[c] = constant ? 0 : (float) (1 / Math.sqrt(variance));
    }
    for (int from = 0; from < rows; from += BLOCK_ROWS) {
      int first = from;
      int count = Math.min(BLOCK_ROWS, rows - from);
      NDArray block = torch.matrix(count, columns);
      FloatBuffer floats = Torch.floats(block);
      IntStream.range(0, count)
          .parallel()
          .forEach(
              i -> {
                float[] row = new float[columns];
                embedding.read(selected[first + i], row, 0);
                for (int c = 0; c < dimension; c++) {
                  float deviation = (row[c] - means[c]) * scales[c];
                  row[c] = Math.max(-MOST_DEVIATIONS, Math.min(MOST_DEVIATIONS, deviation));
                }
                row[dimension] = 1;
                floats.put(i * columns, row);
              });
      blocks.add(block);
    }
  }

  /** Sums and sums of squares of each column. */
  private static double[][] moments(EmbeddingMatrix embedding, int[] selected) {
    int dimension = embedding.dimension();
    int parts = (selected.length + BLOCK_ROWS - 1) / BLOCK_ROWS;
    double[][][] sums = new double[parts][2][dimension];
    IntStream.range(0, parts)
        .parallel()
        .forEach(
            part -> {
              float[] row = new float[dimension];
              int last = Math.min(selected.length, (part + 1) * BLOCK_ROWS);
              for (int i = part * BLOCK_ROWS; i < last; i++) {
                embedding.read(selected[i], row, 0);
                for (int c = 0; c < dimension; c++) {
                  sums[part][0][c] += row[c];
                  sums[part][1][c] += (double) row[c] * row[c];
                }
              }
            });
    double[][] total = new double[2][dimension];
    for (double[][] part : sums) {
      for (int kind = 0; kind < 2; kind++) {
        for (int c = 0; c < dimension; c++) {
          total[kind][c] += part[kind][c];
        }
      }
    }
    return total;
  }

  int rows() {
    return rows;
  }

  /** The columns, the one of ones included. */
  int columns() {
    return columns;
  }

  /** Rows {@code b · BLOCK_ROWS} and on, for each b. */
  List<NDArray> blocks() {
    return blocks;
  }

  /** [columns · columns] {@code XᵀX / rows}. */
  double[] gram() {
    double[] sum = new double[columns * columns];
    for (NDArray block : blocks) {
      try (NDArray product = Torch.transposedProduct(block, block)) {
        float[] values = product.toFloatArray();
        for (int i = 0; i < sum.length; i++) {
          sum[i] += values[i];
        }
      }
    }
    for (int i = 0; i < sum.length; i++) {
      sum[i] /= rows;
    }
    return sum;
  }
}
