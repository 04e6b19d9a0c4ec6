package dev.tessera.plugin.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.Embeddings;
import dev.tessera.api.Float16;
import dev.tessera.api.Npy;
import dev.tessera.api.Stage;
import dev.tessera.api.testkit.CollectingSink;
import dev.tessera.api.testkit.GoldenData;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.plugin.merge.MergeInput.PcaSolver;
import dev.tessera.plugin.merge.MergeInput.ScalerKind;
import dev.tessera.plugin.merge.MergeInput.Scope;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against what scikit-learn makes of the same float16 inputs in float64. */
class MergeGoldenTest {

  private final Path golden = GoldenData.golden("merge");

  @ParameterizedTest
  @ValueSource(strings = {"a", "b", "c"})
  void normalizesRowsToUnitLength(String name) {
    assertScaled(name, "normalizer", ScalerKind.NORMALIZER, Scope.COLUMN, 1e-12);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "b", "c"})
  void mapsQuantilesToTheLastBit(String name) {
    assertScaled(name, "quantile_uniform", ScalerKind.QUANTILE_UNIFORM, Scope.COLUMN, 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"b", "c"})
  void standardizesColumns(String name) {
    assertScaled(name, "standard", ScalerKind.STANDARD, Scope.COLUMN, 1e-12);
  }

  @ParameterizedTest
  @ValueSource(strings = {"b", "c"})
  void scalesColumnsToTheirRange(String name) {
    assertScaled(name, "minmax", ScalerKind.MIN_MAX, Scope.COLUMN, 1e-12);
  }

  @Test
  void scalesAMatrixToItsRange() {
    assertScaled("b", "minmax_global", ScalerKind.MIN_MAX, Scope.GLOBAL, 1e-12);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "b", "c"})
  void findsPrincipalComponents(String name) {
    try (TestContext context = new TestContext(2, 1);
        EmbeddingFixture input = EmbeddingFixture.read(context.allocator(), golden, name)) {
      double[] actual = components(context, input.embeddings(), PcaSolver.FULL);
      double[] expected = expected(name, "pca8");
      assertThat(columnSigns(actual, expected, 8, 1e-8 * largestSingularValue(expected, 8)))
          .containsOnly(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "b"})
  void findsNearlyTheSameComponentsByRandomRange(String name) {
    // 8 + 10 columns span the whole of a and b, so that only rounding is left
    try (TestContext context = new TestContext(2, 1);
        EmbeddingFixture input = EmbeddingFixture.read(context.allocator(), golden, name)) {
      double[] actual = components(context, input.embeddings(), PcaSolver.RANDOMIZED);
      double[] expected = expected(name, "pca8");
      columnSigns(actual, expected, 8, 1e-6 * largestSingularValue(expected, 8));
    }
  }

  @Test
  void mergesWithMeans() {
    assertMerged("merged_mean", MergeConfigs.mean(threeInputs()));
  }

  @Test
  void mergesWithZeros() {
    assertMerged("merged_constant", MergeConfigs.constant(0, threeInputs()));
  }

  private static MergeInput[] threeInputs() {
    return new MergeInput[] {
      MergeConfigs.scaled("a", ScalerKind.NORMALIZER),
      MergeConfigs.scaled("b", ScalerKind.QUANTILE_UNIFORM),
      MergeConfigs.pca("c", 8, PcaSolver.FULL, ScalerKind.NORMALIZER)
    };
  }

  private void assertScaled(
      String name, String file, ScalerKind kind, Scope scope, double tolerance) {
    try (TestContext context = new TestContext(2, 1);
        EmbeddingFixture input = EmbeddingFixture.read(context.allocator(), golden, name)) {
      InputRows rows = new InputRows(input.embeddings());
      int columns = rows.dimension();
      MergeInput config = MergeConfigs.scaled(name, kind, scope);
      Scaler scaler =
          ScalerFit.fit(config, new OwnRows(rows, false, Pipeline.identity(columns)), context);
      double[] actual = all(rows, new Pipeline(columns, Optional.empty(), scaler, 1));
      double[] expected = expected(name, file);
      assertThat(actual).hasSameSizeAs(expected);
      for (int i = 0; i < expected.length; i++) {
        assertThat(Math.abs(actual[i] - expected[i]))
            .as(
                "row %d column %d: %s, expected %s",
                i / columns, i % columns, actual[i], expected[i])
            .isLessThanOrEqualTo(tolerance);
      }
    }
  }

  private static double[] components(TestContext context, Embeddings input, PcaSolver solver) {
    InputRows rows = new InputRows(input);
    RowScan own = new OwnRows(rows, false, Pipeline.identity(rows.dimension()));
    double[] mean = Moments.of(own, context).mean();
    Covariance covariance = new Covariance(own, mean, context);
    Pca pca =
        solver == PcaSolver.FULL
            ? PcaFit.full(Covariance.scatter(own, context), 8, rows.rows())
            : PcaFit.randomized(covariance, 8, rows.rows(), 7);
    return all(rows, new Pipeline(rows.dimension(), Optional.of(pca), new UnitScaler(), 1));
  }

  /** A result, its rows put in ascending order of clients as ours are. */
  private double[] expected(String name, String file) {
    long[] ids = Npy.readLongs(golden.resolve(name + "_client_ids.npy"));
    double[] inFileOrder = Npy.readDoubles(golden.resolve(name + "_" + file + ".npy"));
    int columns = inFileOrder.length / ids.length;
    ClientSelection ascending = ClientSelection.of(ids);
    double[] sorted = new double[inFileOrder.length];
    for (int i = 0; i < ids.length; i++) {
      int target = ascending.indexOf(ids[i]) * columns;
      System.arraycopy(inFileOrder, i * columns, sorted, target, columns);
    }
    return sorted;
  }

  /** All rows of an input. */
  private static double[] all(InputRows rows, Pipeline pipeline) {
    RowScan scan = new OwnRows(rows, false, pipeline);
    double[] all = new double[rows.rows() * scan.columns()];
    int[] at = {0};
    for (int chunk = 0; chunk < scan.chunks(); chunk++) {
      scan.scan(
          chunk,
          (values, count) -> {
            System.arraycopy(values, 0, all, at[0], count * scan.columns());
            at[0] += count * scan.columns();
          });
    }
    assertThat(at[0]).isEqualTo(all.length);
    return all;
  }

  /** Checks each column up to its sign, and gives the signs. */
  private static int[] columnSigns(
      double[] actual, double[] expected, int columns, double tolerance) {
    assertThat(actual).hasSameSizeAs(expected);
    int[] signs = new int[columns];
    for (int j = 0; j < columns; j++) {
      double same = 0;
      double opposite = 0;
      for (int i = j; i < expected.length; i += columns) {
        same = Math.max(same, Math.abs(actual[i] - expected[i]));
        opposite = Math.max(opposite, Math.abs(actual[i] + expected[i]));
      }
      signs[j] = same <= opposite ? 1 : -1;
      assertThat(Math.min(same, opposite)).as("component %d", j).isLessThanOrEqualTo(tolerance);
    }
    return signs;
  }

  private static double largestSingularValue(double[] projected, int columns) {
    double squares = 0;
    for (int i = 0; i < projected.length; i += columns) {
      squares += projected[i] * projected[i];
    }
    return Math.sqrt(squares);
  }

  private void assertMerged(String file, MergeConfig config) {
    long[] ids = Npy.readLongs(golden.resolve("merged_client_ids.npy"));
    float[] expected = Npy.readFloats(golden.resolve(file + ".npy"));
    try (TestContext context = new TestContext(2, 1);
        EmbeddingFixture a = EmbeddingFixture.read(context.allocator(), golden, "a");
        EmbeddingFixture b = EmbeddingFixture.read(context.allocator(), golden, "b");
        EmbeddingFixture c = EmbeddingFixture.read(context.allocator(), golden, "c");
        Stage stage = new MergePluginFactory().create(config, context)) {
      List<Embeddings> inputs = List.of(a.embeddings(), b.embeddings(), c.embeddings());
      ClientSelection clients = ClientSelection.of(ids);
      MergeStage merge = (MergeStage) stage;
      merge.fit(inputs, clients);
      CollectingSink sink = new CollectingSink();
      merge.merge(inputs, clients, sink);
      assertThat(sink.ids()).isEqualTo(clients.toArray());
      int dimension = merge.dimension();
      assertThat(dimension).isEqualTo(30);
      for (int i = 0; i < ids.length; i++) {
        float[] vector = sink.vectors().get(clients.indexOf(ids[i]));
        for (int j = 0; j < dimension; j++) {
          assertThat(halfSteps(vector[j], expected[i * dimension + j]))
              .as(
                  "client %d column %d: %s, expected %s",
                  ids[i], j, vector[j], expected[i * dimension + j])
              .isLessThanOrEqualTo(1);
        }
      }
    }
  }

  /** How many float16 numbers lie from one value to the other, rounded to float16. */
  private static int halfSteps(float a, float b) {
    return Math.abs(ordinal(Float16.fromFloat(a)) - ordinal(Float16.fromFloat(b)));
  }

  private static int ordinal(short half) {
    return half < 0 ? -(half & 0x7fff) : half;
  }
}
