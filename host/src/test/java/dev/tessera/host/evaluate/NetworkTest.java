package dev.tessera.host.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.torch.AdamW;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The network's way back against differences of its loss. */
class NetworkTest {

  private static final int ROWS = 7;
  private static final int INPUTS = 5;
  private static final int LABELS = 4;

  private final Random random = new Random(3);
  private final float[] x = values(ROWS * INPUTS);
  private final TargetMatrix targets =
      TargetMatrix.ofPairs(ROWS + 1, LABELS, new long[] {4, 6, 9, 14, 15, 22, 30, 31});

  @Test
  void gradientsAreTheDifferencesOfTheLoss() {
    // with so large an ε a step is the gradient itself
    Network.Learning plain = new Network.Learning(1e6, 0, 1e6);
    Network.Shape shape = new Network.Shape(INPUTS, 8, 12, LABELS);
    try (Network network = new Network(shape, 11, Torch.open("cpu", 1), plain)) {
      shake(network);
      List<float[]> before = copy(network);
      List<float[]> differences = new ArrayList<>();
      for (AdamW.Parameter parameter : network.parameters()) {
        differences.add(differences(network, Torch.floats(parameter.values())));
      }

      network.train(x, ROWS, targets, 1);

      int p = 0;
      for (float[] after : copy(network)) {
        for (int i = 0; i < after.length; i++) {
          assertThat(before.get(p)[i] - after[i])
              .as("parameter %d, value %d", p, i)
              .isCloseTo(differences.get(p)[i], within(2e-3f));
        }
        p++;
      }
    }
  }

  @Test
  void learnsByHeart() {
    try (Network network = new Network(INPUTS, 16, 32, LABELS, 5, "cpu", 1)) {
      double first = network.train(x, ROWS, targets, 1);
      double last = first;
      for (int step = 0; step < 200; step++) {
        last = network.train(x, ROWS, targets, 1);
      }
      assertThat(first).isBetween(0.3, 1.5);
      assertThat(last).isLessThan(0.1);
      float[] logits = new float[ROWS * LABELS + 3];
      network.predict(x, ROWS, logits, 3);
      for (int row = 0; row < ROWS; row++) {
        for (int i = targets.start(row + 1); i < targets.end(row + 1); i++) {
          assertThat(logits[3 + row * LABELS + targets.column(i)]).isPositive();
        }
      }
    }
  }

  @Test
  void theSameSeedGivesTheSameNetworkAndAnotherAnother() {
    assertThat(trained(5)).isEqualTo(trained(5));
    assertThat(trained(6)).isNotEqualTo(trained(5));
  }

  private float[] trained(long seed) {
    float[] logits = new float[ROWS * LABELS];
    try (Network network = new Network(INPUTS, 16, 32, LABELS, seed, "cpu", 2)) {
      network.train(x, ROWS, targets, 1);
      network.predict(x, ROWS, logits, 0);
    }
    return logits;
  }

  /** Away from the first gains and biases, where some gradients would vanish. */
  private void shake(Network network) {
    for (AdamW.Parameter parameter : network.parameters()) {
      FloatBuffer floats = Torch.floats(parameter.values());
      for (int i = 0; i < floats.capacity(); i++) {
        floats.put(i, floats.get(i) + 0.3f * (float) random.nextGaussian());
      }
    }
  }

  private float[] differences(Network network, FloatBuffer values) {
    float[] slopes = new float[values.capacity()];
    float width = 1e-2f;
    for (int i = 0; i < slopes.length; i++) {
      float value = values.get(i);
      values.put(i, value + width);
      double above = network.loss(x, ROWS, targets, 1);
      values.put(i, value - width);
      double below = network.loss(x, ROWS, targets, 1);
      values.put(i, value);
      slopes[i] = (float) ((above - below) / (2 * width));
    }
    return slopes;
  }

  private static List<float[]> copy(Network network) {
    List<float[]> copies = new ArrayList<>();
    for (AdamW.Parameter parameter : network.parameters()) {
      float[] copy = new float[Torch.floats(parameter.values()).capacity()];
      Torch.floats(parameter.values()).get(0, copy);
      copies.add(copy);
    }
    return copies;
  }

  private float[] values(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
