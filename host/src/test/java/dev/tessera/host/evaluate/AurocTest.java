package dev.tessera.host.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The area against counting all pairs. */
class AurocTest {

  @Test
  void isTheShareOfPairsInTheRightOrder() {
    Random random = new Random(5);
    for (int round = 0; round < 300; round++) {
      int clients = 2 + random.nextInt(60);
      int values = 1 + random.nextInt(30);
      double share = random.nextDouble();
      float[] scores = new float[clients];
      for (int i = 0; i < clients; i++) {
        scores[i] =
            (random.nextInt(values) - values / 2) * (float) Math.pow(10, random.nextInt(5) - 2);
      }
      int[] positives =
          IntStream.range(0, clients).filter(i -> random.nextDouble() < share).toArray();
      if (positives.length == 0 || positives.length == clients) {
        assertThat(Auroc.of(scores, positives)).isNaN();
      } else {
        assertThat(Auroc.of(scores, positives)).isCloseTo(pairs(scores, positives), within(1e-12));
      }
    }
  }

  @Test
  void equalScoresAreAHalfAndHugeSpansDoNoHarm() {
    assertThat(Auroc.of(new float[] {3, 3, 3, 3}, new int[] {1})).isEqualTo(0.5);
    assertThat(Auroc.of(new float[] {0f, -0f}, new int[] {0})).isEqualTo(0.5);
    float most = Float.MAX_VALUE;
    assertThat(Auroc.of(new float[] {-most, 0, most, 1}, new int[] {2, 3})).isEqualTo(1);
    assertThat(Auroc.of(new float[] {Float.MIN_VALUE, 0, 0}, new int[] {0})).isEqualTo(1);
  }

  private static double pairs(float[] scores, int[] positives) {
    double sum = 0;
    for (int positive : positives) {
      for (int i = 0; i < scores.length; i++) {
        int other = i;
        if (IntStream.of(positives).noneMatch(p -> p == other)) {
          sum += scores[positive] > scores[i] ? 1 : scores[positive] == scores[i] ? 0.5 : 0;
        }
      }
    }
    return sum / positives.length / (scores.length - positives.length);
  }
}
