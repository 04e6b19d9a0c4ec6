package dev.tessera.host.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The minimum against the conditions that a minimum meets, worked out plainly in float64. */
class LogisticSolverTest {

  private static final int ROWS = 400;
  private static final int COLUMNS = 6;

  private final Random random = new Random(8);
  private final float[] values = new float[ROWS * COLUMNS];

  @Test
  void findsWhereTheGradientOfThePenalisedLossIsZero() {
    TargetMatrix targets = targets();
    EmbeddingMatrix matrix =
        EmbeddingMatrix.of("x", IntStream.range(0, ROWS).asLongStream().toArray(), COLUMNS, values);
    int[] rows = IntStream.range(0, ROWS).toArray();
    try (Torch torch = Torch.open("cpu", 2)) {
      Design design = new Design(matrix, rows, torch);
      LogisticLoss loss = new LogisticLoss(design, List.of(targets), torch, () -> false);
      LogisticSolver solver = new LogisticSolver(loss, design.gram(), torch);
      float[] x = design.blocks().get(0).toFloatArray();
      double[] rates = loss.rates();
      for (double lambda : new double[] {1, 0.01}) {
        float[] weights = solver.solve(lambda, 25);
        for (int label = 0; label < targets.labels(); label++) {
          double strength = lambda * rates[label] * (1 - rates[label]);
          double[] gradient = gradient(x, targets, label, weights, strength);
          assertThat(Arrays.stream(gradient).map(Math::abs).max().orElseThrow())
              .as("label %d, lambda %f", label, lambda)
              .isLessThan(2e-5);
        }
      }
    }
  }

  @Test
  void standardisesColumnsAndLeavesConstantOnesOut() {
    targets();
    for (int row = 0; row < ROWS; row++) {
      values[row * COLUMNS] = 1e6f + row; // far from 0, and
      values[row * COLUMNS + 1] = 3.25f; // constant
      values[row * COLUMNS + 2] = row == 7 ? 1e9f : row % 2; // one wild value
    }
    EmbeddingMatrix matrix =
        EmbeddingMatrix.of("x", IntStream.range(0, ROWS).asLongStream().toArray(), COLUMNS, values);
    try (Torch torch = Torch.open("cpu", 1)) {
      Design design = new Design(matrix, IntStream.range(0, ROWS).toArray(), torch);
      double[] gram = design.gram();
      int n = design.columns();
      assertThat(n).isEqualTo(COLUMNS + 1);
      assertThat(gram[0]).isCloseTo(1, within(1e-3));
      assertThat(gram[n + 1]).isZero();
      assertThat(gram[2 * n + 2]).isLessThan(0.2);
      assertThat(gram[n * n - 1]).isEqualTo(1);
      assertThat(Math.abs(gram[n - 1])).isLessThan(1e-4);
    }
  }

  @Test
  void invertsSymmetricMatrices() {
    int n = 40;
    double[] root = random.doubles(n * n, -1, 1).toArray();
    double[] matrix = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        for (int k = 0; k < n; k++) {
          matrix[i * n + j] += root[i * n + k] * root[j * n + k];
        }
      }
      matrix[i * n + i] += 1;
    }
    float[] inverse;
    try (Torch torch = Torch.open("cpu", 1);
        NDArray found = torch.inverse(matrix, n)) {
      inverse = found.toFloatArray();
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int k = 0; k < n; k++) {
          sum += matrix[i * n + k] * inverse[k * n + j];
        }
        assertThat(sum).isCloseTo(i == j ? 1 : 0, within(1e-5));
      }
    }
  }

  /** Values, and three labels that depend on them: common, rare, and of two clients only. */
  private TargetMatrix targets() {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() * (1 + i % COLUMNS) + i % COLUMNS;
    }
    long[] pairs =
        IntStream.range(0, ROWS)
            .mapToObj(
                row -> {
                  float z = values[row * COLUMNS] + values[row * COLUMNS + 1] / 3;
                  long first = (long) row * 3;
                  return IntStream.range(0, 3)
                      .filter(
                          label ->
                              label == 2
                                  ? row % 300 == 11
                                  : z + random.nextGaussian() > 0.5 + 1.5 * label)
                      .mapToLong(label -> first + label)
                      .toArray();
                })
            .flatMapToLong(Arrays::stream)
            .toArray();
    return TargetMatrix.ofPairs(ROWS, 3, pairs);
  }

  private static double[] gradient(
      float[] x, TargetMatrix targets, int label, float[] weights, double strength) {
    int columns = COLUMNS + 1;
    double[] gradient = new double[columns];
    boolean[] positive = new boolean[ROWS];
    for (int row : targets.positives(label)) {
      positive[row] = true;
    }
    for (int row = 0; row < ROWS; row++) {
      double z = 0;
      for (int c = 0; c < columns; c++) {
        z += x[row * columns + c] * (double) weights[label * columns + c];
      }
      double residual = 1 / (1 + Math.exp(-z)) - (positive[row] ? 1 : 0);
      for (int c = 0; c < columns; c++) {
        gradient[c] += residual * x[row * columns + c] / ROWS;
      }
    }
    for (int c = 0; c < COLUMNS; c++) {
      gradient[c] += strength * weights[label * columns + c];
    }
    return gradient;
  }
}
