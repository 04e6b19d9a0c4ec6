package dev.tessera.plugin.lightfm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against plain sums in double, and against differences of scores. */
class PairStepTest {

  private static final int ROWS = 5;
  private static final int CATEGORIES = 3;
  private static final float RATE = 1e-3f;

  private final SplittableRandom random = new SplittableRandom(11);

  @ParameterizedTest
  @ValueSource(ints = {1, 16, 20, 64, 70})
  void scoresAreProductsOfSumsOverFeatures(int components) {
    Side clients = side(16, 0, components);
    Side skus = side(17, CATEGORIES, components);
    PairStep step = step(clients, skus);
    for (int client = 0; client < ROWS; client++) {
      step.choose(client);
      for (int sku = 0; sku < ROWS; sku++) {
        assertThat((double) step.score(sku))
            .isCloseTo(score(clients, client, skus, sku), within(1e-4));
      }
    }
  }

  /**
   * From squares of 1, AdaGrad's first step is the rate times the gradient: what each weight moved
   * is what the difference of scores says.
   */
  @Test
  void aStepGoesAlongTheGradientOfTheDifferenceOfScores() {
    Side clients = side(16, 0, 20);
    Side skus = side(17, CATEGORIES, 20);
    Side clientsBefore = copy(clients);
    Side skusBefore = copy(skus);
    PairStep step = step(clients, skus);
    step.choose(2);
    step.step(2, 1, 3, 0.8f);
    for (int array : new int[] {0, 3}) {
      for (boolean own : new boolean[] {true, false}) {
        assertMoved(rows(skus, own), rows(skusBefore, own), array, clientsBefore, skusBefore);
        if (array == 0) {
          assertMoved(
              rows(clients, own), rows(clientsBefore, own), array, clientsBefore, skusBefore);
        }
      }
    }
  }

  private static Rows rows(Side side, boolean own) {
    return own ? side.own() : side.shared();
  }

  private static void assertMoved(Rows after, Rows before, int array, Side clients, Side skus) {
    float[] weights = before.arrays().get(array);
    for (int i = 0; i < weights.length; i++) {
      if (array == 0 && i % before.stride() >= before.components()) {
        assertThat(after.values()[i]).isZero();
        continue;
      }
      float kept = weights[i];
      weights[i] = kept + 0.5f;
      double above = difference(clients, skus);
      weights[i] = kept - 0.5f;
      double below = difference(clients, skus);
      weights[i] = kept;
      double moved = after.arrays().get(array)[i] - kept;
      assertThat(moved).isCloseTo(-RATE * 0.8 * (above - below), within(3e-6));
    }
  }

  private static double difference(Side clients, Side skus) {
    return score(clients, 2, skus, 1) - score(clients, 2, skus, 3);
  }

  private static double score(Side clients, int client, Side skus, int sku) {
    double score = bias(skus, sku);
    for (int k = 0; k < skus.own().components(); k++) {
      score += component(clients, client, k) * component(skus, sku, k);
    }
    return score;
  }

  private static double component(Side side, int row, int k) {
    int stride = side.own().stride();
    double sum = side.own().values()[row * stride + k];
    Features features = side.features();
    for (int f = 0; f < features.dense(); f++) {
      double value = features.values()[row * features.stride() + f];
      sum += value * side.shared().values()[f * stride + k];
    }
    int category = features.sharedRow(row);
    return category < 0 ? sum : sum + side.shared().values()[category * stride + k];
  }

  private static double bias(Side side, int row) {
    double sum = side.own().bias()[row];
    Features features = side.features();
    for (int f = 0; f < features.dense(); f++) {
      sum += (double) features.values()[row * features.stride() + f] * side.shared().bias()[f];
    }
    int category = features.sharedRow(row);
    return category < 0 ? sum : sum + side.shared().bias()[category];
  }

  private Side side(int dense, int categories, int components) {
    int stride = Rows.stride(dense);
    float[] values = new float[ROWS * stride];
    for (int row = 0; row < ROWS; row++) {
      for (int f = 0; f < dense; f++) {
        values[row * stride + f] = (float) random.nextDouble();
      }
    }
    int[] category = categories == 0 ? new int[0] : new int[] {0, 1, 2, -1, 1};
    Features features = new Features(ROWS, true, dense, values, categories, category);
    Optimizer optimizer = new Optimizer.AdaGrad(RATE);
    Side side = Side.start(features, components, optimizer, random);
    for (Rows rows : new Rows[] {side.own(), side.shared()}) {
      for (int row = 0; row < rows.count(); row++) {
        rows.bias()[row] = (float) random.nextDouble();
        for (int k = 0; k < components; k++) {
          rows.values()[row * rows.stride() + k] = (float) (random.nextDouble() - 0.5);
        }
      }
    }
    return side;
  }

  private static Side copy(Side side) {
    return new Side(side.features(), side.own().copy(), side.shared().copy());
  }

  private static PairStep step(Side clients, Side skus) {
    Optimizer optimizer = new Optimizer.AdaGrad(RATE);
    return PairStep.of(
        optimizer,
        clients,
        new SharedRows(clients, 1, optimizer).copy(0),
        skus,
        new SharedRows(skus, 1, optimizer).copy(0));
  }
}
