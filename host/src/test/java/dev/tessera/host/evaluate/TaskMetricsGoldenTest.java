package dev.tessera.host.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tessera.api.Npy;
import dev.tessera.api.testkit.GoldenData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The metrics against those of the organisers' code and torchmetrics. */
class TaskMetricsGoldenTest {

  private static final double TOLERANCE = 1e-5;
  private static final double NOVELTY_TOLERANCE = 5e-5;
  private static final int LABELS = 100;

  @Test
  void churnIsTheReferences() throws IOException {
    Path golden = GoldenData.golden("metrics");
    JsonNode expected = expected(golden).get("churn");
    float[] logits = Npy.readFloats(golden.resolve("churn_logits.npy"));
    TargetMatrix targets = targets(golden.resolve("churn_targets.npy"), 1);

    TaskScore score = new TaskMetrics(Task.CHURN, logits, targets, new double[0]).score();

    assertThat(score.auroc()).isCloseTo(expected.get("auroc").asDouble(), within(TOLERANCE));
    assertThat(score.auroc()).isCloseTo(expected.get("auroc_float64").asDouble(), within(1e-12));
    assertThat(score.score()).isEqualTo(score.auroc());
    assertThat(score.novelty()).isNaN();
  }

  @Test
  void logitsWithinZeroAndOneAreRankedAsLogits() throws IOException {
    Path golden = GoldenData.golden("metrics");
    float[] logits = Npy.readFloats(golden.resolve("churn_logits.npy"));
    float[] batch = Npy.readFloats(golden.resolve("churn_batch_logits.npy"));
    System.arraycopy(batch, 0, logits, 128, batch.length);
    TargetMatrix targets = targets(golden.resolve("churn_targets.npy"), 1);

    TaskScore score = new TaskMetrics(Task.CHURN, logits, targets, new double[0]).score();

    assertThat(score.auroc())
        .isCloseTo(
            expected(golden)
                .get("churn")
                .get("batch_within_0_1")
                .get("auroc_of_the_logits")
                .asDouble(),
            within(TOLERANCE));
  }

  @Test
  void propensityIsTheReferences() throws IOException {
    Path golden = GoldenData.golden("metrics");
    JsonNode expected = expected(golden).get("propensity");
    TaskMetrics metrics = propensity(golden, LABELS, 0);

    TaskScore score = metrics.score();

    assertScore(score, expected);
    JsonNode exact = expected.get("float64");
    assertThat(score.auroc())
        .isCloseTo(exact.get("auroc_degenerate_labels_count_as_0").asDouble(), within(1e-12));
    assertThat(score.aurocOfBothClasses())
        .isCloseTo(exact.get("auroc_degenerate_labels_left_out").asDouble(), within(1e-12));
    assertThat(score.diversity()).isCloseTo(exact.get("diversity").asDouble(), within(1e-9));
    assertThat(score.novelty()).isCloseTo(exact.get("novelty").asDouble(), within(1e-9));
    byte[] targets = bytes(golden.resolve("propensity_targets.npy"));
    long bothClasses =
        IntStream.range(0, LABELS)
            .filter(
                label ->
                    IntStream.range(0, targets.length / LABELS)
                            .map(row -> targets[row * LABELS + label])
                            .distinct()
                            .count()
                        == 2)
            .count();
    assertThat(score.labelsOfBothClasses()).isEqualTo((int) bothClasses).isLessThan(LABELS - 10);
    double[] areas = Npy.readDoubles(golden.resolve("propensity_auroc_per_label.npy"));
    double[] ours = metrics.aurocs();
    for (int label = 0; label < LABELS; label++) {
      double area = Double.isNaN(ours[label]) ? 0 : ours[label];
      assertThat(area).as("label %d", label).isCloseTo(areas[label], within(TOLERANCE));
    }
  }

  @Test
  void popularRankingsAndFewLabelsAreTheReferences() throws IOException {
    Path golden = GoldenData.golden("metrics");
    JsonNode expected = expected(golden);
    assertScore(propensity(golden, LABELS, 8).score(), expected.get("propensity_popular"));
    assertScore(propensity(golden, 6, 0).score(), expected.get("propensity_first_6_labels"));
  }

  private static void assertScore(TaskScore score, JsonNode expected) {
    assertThat(score.auroc()).isCloseTo(expected.get("auroc").asDouble(), within(TOLERANCE));
    assertThat(score.novelty())
        .isCloseTo(expected.get("novelty").asDouble(), within(NOVELTY_TOLERANCE));
    assertThat(score.diversity())
        .isCloseTo(expected.get("diversity").asDouble(), within(TOLERANCE));
    assertThat(score.score()).isCloseTo(expected.get("score").asDouble(), within(TOLERANCE));
  }

  /** The reference's predictions for the first labels, perhaps with popularity added. */
  private static TaskMetrics propensity(Path golden, int labels, float popularityWeight) {
    float[] all = Npy.readFloats(golden.resolve("propensity_logits.npy"));
    double[] popularity = Npy.readDoubles(golden.resolve("propensity_popularity.npy"));
    double most = Arrays.stream(popularity).max().orElseThrow();
    int rows = all.length / LABELS;
    float[] logits = new float[rows * labels];
    for (int i = 0; i < logits.length; i++) {
      int label = i % labels;
      logits[i] = all[i / labels * LABELS + label];
      logits[i] += (float) (popularityWeight * popularity[label] / most);
    }
    return new TaskMetrics(
        Task.PROPENSITY_SKU,
        logits,
        targets(golden.resolve("propensity_targets.npy"), labels),
        Arrays.copyOf(popularity, labels));
  }

  private static TargetMatrix targets(Path file, int labels) {
    byte[] values = bytes(file);
    int rows = 3000;
    int stride = values.length / rows;
    long[] pairs =
        IntStream.range(0, values.length)
            .filter(i -> values[i] == 1 && i % stride < labels)
            .mapToLong(i -> (long) (i / stride) * labels + i % stride)
            .toArray();
    return TargetMatrix.ofPairs(rows, labels, pairs);
  }

  private static byte[] bytes(Path file) {
    try {
      byte[] all = Files.readAllBytes(file);
      int offset = (int) Npy.header(file).dataOffset();
      return Arrays.copyOfRange(all, offset, all.length);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static JsonNode expected(Path golden) throws IOException {
    return new ObjectMapper().readTree(golden.resolve("expected.json").toFile());
  }
}
