package dev.tessera.plugin.als;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.api.Npy;
import dev.tessera.api.testkit.GoldenData;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.plugin.als.AlsConfig.Solver;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the factors and losses of the library that the reference pipeline uses. */
class AlsGoldenTest {

  @ParameterizedTest
  @CsvSource({
    "buy_add_category, 0.0678114768354835, 0.03803886814660299",
    "visit_url, 0.011866009473052297, 0.009734195197694067"
  })
  void exactIterationsFromTheGivenStartEqualTheReference(String job, double loss1, double loss5) {
    Path folder = GoldenData.golden("als/" + job);
    InteractionMatrix matrix = matrix(folder);
    try (TestContext context = new TestContext(2, 42)) {
      AlsSolver solver =
          new AlsSolver(
              context,
              AlsConfigs.solving(Solver.CHOLESKY, 16, 5),
              matrix,
              Factors.of(Npy.readFloats(folder.resolve("X0.npy")), matrix.rows(), 16),
              Factors.of(Npy.readFloats(folder.resolve("Y0.npy")), matrix.columnCount(), 16));
      solver.iterate();
      assertNear(solver, folder, 1, loss1);
      for (int iteration = 1; iteration < 5; iteration++) {
        solver.iterate();
      }
      assertNear(solver, folder, 5, loss5);
    }
  }

  @ParameterizedTest
  @CsvSource({"buy_add_category, 0.006930", "visit_url, 0.006268"})
  void conjugateGradientsEndAtOrBelowTheReferencesLoss(String job, double reference) {
    InteractionMatrix matrix = matrix(GoldenData.golden("als/" + job));
    try (TestContext context = new TestContext(2, 42)) {
      SplittableRandom random = new SplittableRandom(42);
      AlsSolver solver =
          new AlsSolver(
              context,
              AlsConfigs.solving(Solver.CONJUGATE_GRADIENT, 64, 15),
              matrix,
              Factors.random(matrix.rows(), 64, random),
              Factors.random(matrix.columnCount(), 64, random));
      for (int iteration = 0; iteration < 15; iteration++) {
        solver.iterate();
      }
      assertThat(solver.loss()).isLessThanOrEqualTo(1.01 * reference);
    }
  }

  private static void assertNear(AlsSolver solver, Path folder, int iteration, double loss) {
    float tolerance = 1e-3f;
    assertThat(worst(solver.clients(), folder.resolve("X" + iteration + ".npy")))
        .isLessThan(tolerance);
    assertThat(worst(solver.items(), folder.resolve("Y" + iteration + ".npy")))
        .isLessThan(tolerance);
    assertThat(solver.loss()).isCloseTo(loss, within(1e-7));
  }

  private static float worst(Factors actual, Path file) {
    float[] expected = Npy.readFloats(file);
    float[] row = new float[actual.factors()];
    float worst = 0;
    for (int i = 0; i < expected.length; i++) {
      actual.copyRow(i / row.length, row);
      worst = Math.max(worst, Math.abs(row[i % row.length] - expected[i]));
    }
    return worst;
  }

  private static InteractionMatrix matrix(Path folder) {
    return new InteractionMatrix(
        Npy.readLongs(folder.resolve("item_ids.npy")).length,
        Npy.readInts(folder.resolve("indptr.npy")),
        Npy.readInts(folder.resolve("indices.npy")),
        Npy.readFloats(folder.resolve("data.npy")));
  }
}
