package dev.tessera.neural;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tessera.api.testkit.TestContext;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DropoutTest {

  private final TestContext context = new TestContext();
  private final NDManager manager = Devices.open(context);
  private final NDArray ones = manager.ones(new Shape(100, 1003));

  @AfterEach
  void close() {
    manager.close();
    context.close();
  }

  @Test
  void dropsTheShareAndKeepsTheMean() {
    for (double rate : new double[] {0.1, 0.5, 0.9}) {
      float[] values = new Dropout(rate).apply(ones, new SplittableRandom(1)).toFloatArray();
      int zeros = 0;
      double sum = 0;
      for (float value : values) {
        zeros += value == 0 ? 1 : 0;
        sum += value;
      }
      assertThat((double) zeros / values.length).isCloseTo(rate, within(0.01));
      assertThat(sum / values.length).isCloseTo(1, within(0.03));
    }
  }

  @Test
  void isFixedByTheGeneratorAlone() {
    float[] first = new Dropout(0.5).apply(ones, new SplittableRandom(1)).toFloatArray();
    manager.randomUniform(0, 1, new Shape(10));
    assertThat(new Dropout(0.5).apply(ones, new SplittableRandom(1)).toFloatArray())
        .isEqualTo(first);
    assertThat(new Dropout(0.5).apply(ones, new SplittableRandom(2)).toFloatArray())
        .isNotEqualTo(first);
  }
}
