package dev.tessera.plugin.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.api.testkit.TestContext;
import dev.tessera.plugin.merge.MergeInput.ScalerKind;
import dev.tessera.plugin.merge.MergeInput.Scope;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ScalerTest {

  @Test
  void robustScalingUsesMedianAndInterquartileRange() {
    // 1 … 9: median 5, quartiles 3 and 7; the constant column is only centred
    double[] values = {9, 4, 1, 4, 3, 4, 5, 4, 7, 4, 2, 4, 4, 4, 6, 4, 8, 4};
    double[] scaled = values.clone();
    scaler(ScalerKind.ROBUST, Scope.COLUMN, values, 2).scale(scaled, 9, 2);
    for (int i = 0; i < values.length; i += 2) {
      assertThat(scaled[i]).isCloseTo((values[i] - 5) / 4, within(1e-15));
      assertThat(scaled[i + 1]).isEqualTo(0);
    }
  }

  @Test
  void globalScalersPoolAllColumns() {
    double[] values = {0, 10, 5, 20, 10, 0};
    double[] scaled = values.clone();
    scaler(ScalerKind.STANDARD, Scope.GLOBAL, values, 2).scale(scaled, 3, 2);
    assertThat(Arrays.stream(scaled).sum()).isCloseTo(0, within(1e-14));
    assertThat(Arrays.stream(scaled).map(x -> x * x).sum()).isCloseTo(6, within(1e-13));
    scaled = values.clone();
    scaler(ScalerKind.ROBUST, Scope.GLOBAL, values, 2).scale(scaled, 3, 2);
    // sorted 0 0 5 10 10 20: median 7.5, quartiles 1.25 and 10
    assertThat(scaled[3]).isCloseTo(12.5 / 8.75, within(1e-15));
    scaled = values.clone();
    scaler(ScalerKind.QUANTILE_UNIFORM, Scope.GLOBAL, values, 2).scale(scaled, 3, 2);
    assertThat(scaled).containsExactly(new double[] {0, 0.7, 0.4, 1, 0.7, 0}, within(1e-15));
  }

  @Test
  void quantilesOfUnseenValuesStayWithinTheRange() {
    double[] fitted = {1, 2, 2, 2, 6};
    double[] scaled = {-100, 1, 1.5, 2, 4, 6, 100};
    scaler(ScalerKind.QUANTILE_UNIFORM, Scope.COLUMN, fitted, 1).scale(scaled, 7, 1);
    assertThat(scaled).containsExactly(new double[] {0, 0, 0.125, 0.5, 0.875, 1, 1}, within(1e-15));
  }

  @Test
  void normalQuantilesAreTheNormalDistributionsPointsOfTheUniformOnes() {
    double[] fitted = {1, 2, 2, 2, 6};
    double[] scaled = {-100, 1, 1.5, 2, 4, 6};
    scaler(ScalerKind.QUANTILE_NORMAL, Scope.COLUMN, fitted, 1).scale(scaled, 6, 1);
    assertThat(scaled[0]).isCloseTo(-5.19933758, within(1e-7));
    assertThat(scaled[1]).isEqualTo(scaled[0]);
    assertThat(scaled[2]).isCloseTo(-1.1503493803760079, within(1e-14));
    assertThat(scaled[3]).isEqualTo(0);
    assertThat(scaled[4]).isCloseTo(1.1503493803760079, within(1e-14));
    assertThat(scaled[5]).isCloseTo(5.19933758, within(1e-7));
  }

  @Test
  void invertsTheNormalDistribution() {
    for (double x = -7.5; x <= 5; x += 0.125) {
      double share = normalShare(x);
      assertThat(InverseNormal.at(share)).as("share %s", share).isCloseTo(x, within(2e-10));
    }
    assertThat(InverseNormal.at(0.975)).isCloseTo(1.959963984540054, within(1e-15));
    assertThat(InverseNormal.at(0)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(InverseNormal.at(1)).isEqualTo(Double.POSITIVE_INFINITY);
  }

  /** 1/2 + φ(x)(x + x³/3 + x⁵/15 + …) near 0; the tail's continued fraction below -3. */
  private static double normalShare(double x) {
    double density = Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    if (x < -3) {
      double fraction = -x;
      for (int k = 200; k > 0; k--) {
        fraction = -x + k / fraction;
      }
      return density / fraction;
    }
    double term = x;
    double sum = x;
    for (int k = 3; k < 400; k += 2) {
      term *= x * x / k;
      sum += term;
    }
    return 0.5 + density * sum;
  }

  private static Scaler scaler(ScalerKind kind, Scope scope, double[] values, int columns) {
    int count = values.length / columns;
    float[][] rows = new float[count][columns];
    for (int i = 0; i < values.length; i++) {
      rows[i / columns][i % columns] = (float) values[i];
    }
    try (TestContext context = new TestContext(2, 1);
        EmbeddingFixture input =
            EmbeddingFixture.of(
                context.allocator(), "x", LongStream.range(0, count).toArray(), rows)) {
      RowScan scan =
          new OwnRows(new InputRows(input.embeddings()), false, Pipeline.identity(columns));
      return ScalerFit.fit(MergeConfigs.scaled("x", kind, scope), scan, context);
    }
  }
}
