package dev.tessera.plugin.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.api.testkit.TestContext;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PcaFitTest {

  private static final int ROWS = 9000;
  private static final int COLUMNS = 70;

  /** Several chunks, several panels with padding, a large mean: against plain loops. */
  @Test
  void scatterMatrixEqualsAPlainLoop() {
    try (TestContext context = new TestContext(2, 1);
        EmbeddingFixture input = decaying(context, 1000)) {
      InputRows rows = new InputRows(input.embeddings());
      RowScan own = new OwnRows(rows, false, Pipeline.identity(COLUMNS));
      Covariance.Scatter found = Covariance.scatter(own, context);
      double[] mean = found.mean();
      Panels scatter = found.squares();
      float[] all = new float[ROWS * COLUMNS];
      rows.read(0, ROWS, all, 0);
      for (int i = 0; i < COLUMNS; i += 7) {
        double sum = 0;
        for (int r = 0; r < ROWS; r++) {
          sum += all[r * COLUMNS + i];
        }
        assertThat(mean[i]).isCloseTo(sum / ROWS, within(1e-10));
        for (int j = i; j < COLUMNS; j++) {
          double product = 0;
          double scale = 0;
          for (int r = 0; r < ROWS; r++) {
            double x = all[r * COLUMNS + i] - mean[i];
            double y = all[r * COLUMNS + j] - mean[j];
            product += x * y;
            scale += Math.abs(x * y);
          }
          assertThat(scatter.get(i, j)).isCloseTo(product, within(1e-12 * scale));
        }
      }
    }
  }

  @Test
  void randomRangeFindsTheLeadingComponentsOfADecayingSpectrum() {
    try (TestContext context = new TestContext(2, 1);
        EmbeddingFixture input = decaying(context, 3)) {
      RowScan own =
          new OwnRows(new InputRows(input.embeddings()), false, Pipeline.identity(COLUMNS));
      double[] mean = Moments.of(own, context).mean();
      Covariance covariance = new Covariance(own, mean, context);
      Pca exact = PcaFit.full(Covariance.scatter(own, context), 8, ROWS);
      Pca random = PcaFit.randomized(covariance, 8, ROWS, 5);
      for (int k = 0; k < 8; k++) {
        assertThat(random.variances()[k])
            .isCloseTo(exact.variances()[k], within(1e-9 * exact.variances()[0]));
      }
      for (int i = 0; i < 8 * COLUMNS; i++) {
        assertThat(random.loadings()[i]).isCloseTo(exact.loadings()[i], within(1e-5));
      }
    }
  }

  @Test
  void randomRangeTakesRowsOfLowerRankThanComponents() {
    float[][] rows = new float[50][6];
    for (int r = 0; r < rows.length; r++) {
      for (int j = 0; j < 6; j++) {
        rows[r][j] = j < 2 ? r * (j + 1) : 0; // all on one line
      }
    }
    try (TestContext context = new TestContext(1, 1);
        EmbeddingFixture input =
            EmbeddingFixture.of(
                context.allocator(), "x", LongStream.range(0, 50).toArray(), rows)) {
      RowScan own = new OwnRows(new InputRows(input.embeddings()), false, Pipeline.identity(6));
      double[] mean = Moments.of(own, context).mean();
      Pca pca = PcaFit.randomized(new Covariance(own, mean, context), 3, 50, 5);
      // (1, 2)/sqrt(5) times 0 … 49, whose variance is 50·51/12
      assertThat(pca.variances()[0]).isCloseTo(5 * 212.5, within(1e-9));
      assertThat(pca.variances()[1]).isCloseTo(0, within(1e-9));
      assertThat(pca.loadings()[1]).isCloseTo(2 / Math.sqrt(5), within(1e-12));
    }
  }

  /** Independent directions, each 0.8 times as wide as the one before, turned a little. */
  private static EmbeddingFixture decaying(TestContext context, double offset) {
    SplittableRandom random = new SplittableRandom(9);
    return EmbeddingFixture.generate(
        context.allocator(),
        "x",
        LongStream.range(0, ROWS).toArray(),
        COLUMNS,
        row -> {
          float[] vector = new float[COLUMNS];
          double before = 0;
          for (int j = 0; j < COLUMNS; j++) {
            double value = (random.nextDouble() - 0.5) * Math.pow(0.8, j);
            vector[j] = (float) (offset + value + 0.3 * before);
            before = value;
          }
          return vector;
        });
  }
}
