package dev.tessera.plugin.als;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.plugin.als.AlsConfig.Solver;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AlsSolverTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 16, 20, 70})
  void oneExactIterationSolvesTheDenseNormalEquations(int factors) {
    assertSolvesDenseEquations(AlsConfigs.rows(Solver.CHOLESKY, factors, 1.5, 3), 1e-4);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 16, 20})
  void manyStepsOfConjugateGradientsSolveThemToo(int factors) {
    assertSolvesDenseEquations(AlsConfigs.rows(Solver.CONJUGATE_GRADIENT, factors, 1.5, 60), 1e-3);
  }

  @Test
  void confidencesBelowOneAreSolvedFor() {
    assertSolvesDenseEquations(AlsConfigs.rows(Solver.CHOLESKY, 6, 0.1, 3), 1e-4);
    assertSolvesDenseEquations(AlsConfigs.rows(Solver.CONJUGATE_GRADIENT, 6, 0.1, 60), 1e-3);
  }

  private static void assertSolvesDenseEquations(AlsConfig config, double tolerance) {
    DenseOracle oracle =
        new DenseOracle(sparseWeights(120, 90), config.alpha(), config.regularization());
    InteractionMatrix matrix = oracle.sparse();
    try (TestContext context = new TestContext(2, 42)) {
      AlsSolver solver = solver(config, matrix, context);
      double[][] clients = oracle.solveClients(dense(solver.items()));
      double[][] items = oracle.solveItems(clients);
      solver.iterate();
      assertThat(error(solver.clients(), clients)).isLessThan(tolerance);
      assertThat(error(solver.items(), items)).isLessThan(tolerance);
      double expected = oracle.loss(dense(solver.clients()), dense(solver.items()));
      assertThat(solver.loss()).isCloseTo(expected, within(1e-5 * expected));
    }
  }

  @ParameterizedTest
  @CsvSource({"CHOLESKY, 2", "CHOLESKY, 3", "CONJUGATE_GRADIENT, 2", "CONJUGATE_GRADIENT, 3"})
  void givesTheSameBytesForAnyNumberOfThreads(Solver kind, int threads) {
    // large enough for several tasks of each kind
    InteractionMatrix matrix = longMatrix(9000, 5000, 8);
    AlsConfig config = AlsConfigs.solving(kind, 20, 2);
    try (TestContext one = new TestContext(1, 42);
        TestContext more = new TestContext(threads, 42)) {
      AlsSolver expected = solver(config, matrix, one);
      AlsSolver actual = solver(config, matrix, more);
      for (int iteration = 0; iteration < 2; iteration++) {
        expected.iterate();
        actual.iterate();
      }
      assertThat(actual.clients().values()).isEqualTo(expected.clients().values());
      assertThat(actual.items().values()).isEqualTo(expected.items().values());
      assertThat(actual.loss()).isEqualTo(expected.loss());
    }
  }

  @Test
  void exactIterationsNeverRaiseTheLoss() {
    InteractionMatrix matrix = new DenseOracle(sparseWeights(60, 30), 1, 0.01).sparse();
    try (TestContext context = new TestContext()) {
      AlsSolver solver = solver(AlsConfigs.solving(Solver.CHOLESKY, 8, 10), matrix, context);
      double before = solver.loss();
      for (int iteration = 0; iteration < 10; iteration++) {
        solver.iterate();
        assertThat(solver.loss()).isLessThanOrEqualTo(before * (1 + 1e-6));
        before = solver.loss();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Solver.class)
  void rowsWithoutEntriesBecomeZero(Solver kind) {
    double[][] weights = sparseWeights(10, 6);
    Arrays.fill(weights[3], 0);
    for (double[] row : weights) {
      row[4] = 0;
    }
    try (TestContext context = new TestContext()) {
      InteractionMatrix matrix = new DenseOracle(weights, 1, 0.01).sparse();
      AlsSolver solver = solver(AlsConfigs.solving(kind, 5, 1), matrix, context);
      solver.iterate();
      float[] row = new float[5];
      solver.clients().copyRow(3, row);
      assertThat(row).containsOnly(0);
      solver.items().copyRow(4, row);
      assertThat(row).containsOnly(0);
    }
  }

  @Test
  void weightsBeyondFloatAreAnErrorAndNotNan() {
    InteractionMatrix matrix =
        new InteractionMatrix(
            2, new int[] {0, 2, 4}, new int[] {0, 1, 0, 1}, new float[] {1e38f, 1e38f, 1, 2e38f});
    try (TestContext context = new TestContext()) {
      AlsSolver solver =
          solver(AlsConfigs.rows(Solver.CONJUGATE_GRADIENT, 4, 1, 3), matrix, context);
      assertThatThrownBy(solver::iterate)
          .isInstanceOfSatisfying(
              PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_DATA))
          .hasMessageContaining("use a lower alpha");
    }
  }

  @ParameterizedTest
  @EnumSource(Solver.class)
  void stopsWhenCancelledBetweenIterations(Solver kind) {
    try (TestContext context = new TestContext()) {
      InteractionMatrix matrix = new DenseOracle(sparseWeights(20, 10), 1, 0.01).sparse();
      AlsSolver solver = solver(AlsConfigs.solving(kind, 4, 2), matrix, context);
      solver.iterate();
      context.cancel();
      assertCancelled(solver::iterate);
    }
  }

  @Test
  void asksBeforeEveryRowWhetherToGoOn() {
    try (TestContext context = new TestContext()) {
      Factors items = Factors.random(3, 4, new SplittableRandom(1));
      NormalEquations.Workspace row =
          new NormalEquations(
                  AlsConfigs.solving(Solver.CHOLESKY, 4, 1), items, items.gram(context), context)
              .workspace();
      context.cancel();
      assertCancelled(() -> row.solve(new int[] {1}, new float[] {2}, 0, 1, new float[4], 0));
    }
  }

  private static void assertCancelled(Runnable work) {
    assertThatThrownBy(work::run)
        .isInstanceOfSatisfying(
            PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
  }

  private static AlsSolver solver(AlsConfig config, InteractionMatrix matrix, TestContext context) {
    SplittableRandom random = new SplittableRandom(7);
    return new AlsSolver(
        context,
        config,
        matrix,
        Factors.random(matrix.rows(), config.factors(), random),
        Factors.random(matrix.columnCount(), config.factors(), random));
  }

  private static double[][] sparseWeights(int clients, int items) {
    SplittableRandom random = new SplittableRandom(3);
    double[] choices = {0.5, 1, 1, 2, 7};
    double[][] weights = new double[clients][items];
    for (double[] row : weights) {
      for (int item = 0; item < items; item++) {
        row[item] = random.nextInt(3) == 0 ? choices[random.nextInt(choices.length)] : 0;
      }
    }
    return weights;
  }

  private static InteractionMatrix longMatrix(int clients, int items, int entriesEach) {
    SplittableRandom random = new SplittableRandom(5);
    int[] starts = new int[clients + 1];
    int[] columns = new int[clients * entriesEach];
    float[] weights = new float[columns.length];
    for (int client = 0; client < clients; client++) {
      starts[client + 1] = starts[client] + entriesEach;
      int column = random.nextInt(items / 2);
      for (int e = starts[client]; e < starts[client + 1]; e++) {
        columns[e] = column;
        weights[e] = 1 + random.nextInt(3);
        column += 1 + random.nextInt(items / 2 / entriesEach);
      }
    }
    return new InteractionMatrix(items, starts, columns, weights);
  }

  private static double[][] dense(Factors factors) {
    double[][] rows = new double[factors.rows()][factors.factors()];
    float[] row = new float[factors.factors()];
    for (int r = 0; r < rows.length; r++) {
      factors.copyRow(r, row);
      for (int k = 0; k < row.length; k++) {
        rows[r][k] = row[k];
      }
    }
    return rows;
  }

  /** The largest difference over the largest value. */
  private static double error(Factors actual, double[][] expected) {
    double[][] values = dense(actual);
    double difference = 0;
    double largest = 0;
    for (int r = 0; r < expected.length; r++) {
      for (int k = 0; k < expected[r].length; k++) {
        difference = Math.max(difference, Math.abs(values[r][k] - expected[r][k]));
        largest = Math.max(largest, Math.abs(expected[r][k]));
      }
    }
    return difference / largest;
  }
}
