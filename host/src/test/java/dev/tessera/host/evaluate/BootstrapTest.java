package dev.tessera.host.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BootstrapTest {

  private static final int ROWS = 500;

  private final Random random = new Random(4);

  @Test
  void aWeightIsSoManyCopies() {
    for (int round = 0; round < 50; round++) {
      int rows = 4 + random.nextInt(30);
      float[] scores = new float[rows];
      int[] weights = new int[rows];
      boolean[] positive = new boolean[rows];
      for (int i = 0; i < rows; i++) {
        scores[i] = random.nextInt(6) - 3;
        weights[i] = random.nextInt(3);
        positive[i] = random.nextInt(3) == 0;
      }
      int[] copies =
          IntStream.range(0, rows)
              .flatMap(i -> IntStream.generate(() -> i).limit(weights[i]))
              .toArray();
      float[] repeated = new float[copies.length];
      for (int i = 0; i < copies.length; i++) {
        repeated[i] = scores[copies[i]];
      }
      int[] positives =
          IntStream.range(0, copies.length).filter(i -> positive[copies[i]]).toArray();
      Integer[] order = IntStream.range(0, rows).boxed().toArray(Integer[]::new);
      Arrays.sort(order, (a, b) -> Float.compare(scores[a], scores[b]));

      double area =
          Bootstrap.area(
              scores, Arrays.stream(order).mapToInt(i -> i).toArray(), positive, weights);

      double plain = copies.length == 0 ? Double.NaN : Auroc.of(repeated, positives);
      if (Double.isNaN(plain)) {
        assertThat(area).isNaN();
      } else {
        assertThat(area).isCloseTo(plain, within(1e-12));
      }
    }
  }

  @Test
  void theIntervalIsAboutTheStandardErrorOfTheArea() {
    // Hanley and McNeil (1982): for an area A the standard error is about
    // √((A(1−A) + (n₁−1)(Q₁−A²) + (n₂−1)(Q₂−A²)) / (n₁n₂)), Q₁ = A/(2−A), Q₂ = 2A²/(1+A)
    Fit fit = fit(IntStream.range(0, ROWS).filter(i -> i % 4 == 0).toArray(), 0.8f);
    double[] samples = new Bootstrap(ROWS, 1, 7).scores(fit);
    Interval interval = Interval.of(samples).orElseThrow();
    double a = fit.score().auroc();
    double n1 = ROWS / 4.0;
    double n2 = ROWS - n1;
    double q1 = a / (2 - a);
    double q2 = 2 * a * a / (1 + a);
    double error =
        Math.sqrt((a * (1 - a) + (n1 - 1) * (q1 - a * a) + (n2 - 1) * (q2 - a * a)) / n1 / n2);

    assertThat(interval.low()).isLessThan(a);
    assertThat(interval.high()).isGreaterThan(a);
    assertThat((interval.high() - interval.low()) / (2 * 1.96 * error)).isBetween(0.75, 1.3);
  }

  @Test
  void samplesWithoutBothClassesAreLeftOut() {
    double[] samples = new Bootstrap(ROWS, 1, 7).scores(fit(new int[] {3}, 1));
    long without = Arrays.stream(samples).filter(Double::isNaN).count();
    assertThat((double) without / samples.length).isBetween(0.25, 0.5); // 1/e
    assertThat(Interval.of(samples)).isPresent();
  }

  @Test
  void thereIsNoIntervalIfMostSamplesAreLeftOut() {
    assertThat(Interval.of(new double[] {1, Double.NaN, Double.NaN})).isEmpty();
    assertThat(Interval.of(new double[] {1, 2, Double.NaN}))
        .isEqualTo(Optional.of(new Interval(1.025, 1.975)));
  }

  /** One label, predicted as well as {@code signal} says. */
  private Fit fit(int[] positives, float signal) {
    TargetMatrix targets = TargetMatrix.ofRows(ROWS, positives);
    float[] logits = new float[ROWS];
    for (int i = 0; i < ROWS; i++) {
      logits[i] = (float) random.nextGaussian();
    }
    for (int row : positives) {
      logits[row] += signal;
    }
    int[] rows = IntStream.range(0, ROWS).toArray();
    return Fit.of(
        new TaskData(Task.CONVERSION, rows, targets, targets, new double[0], Optional.empty()),
        logits);
  }
}
