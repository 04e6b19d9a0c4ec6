package dev.tessera.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import org.junit.jupiter.api.Test;

final class AdamWTest {

  private static final int ROWS = 5;
  private static final int COLUMNS = 7;
  private static final double RATE = 0.01;
  private static final double DECAY = 0.1;

  @Test
  void movesRowsByThePapersFormula() {
    System.setProperty("ai.djl.offline", "true");
    try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
      JniUtils.setGradMode(false);
      AdamW adam = new AdamW(manager, RATE, DECAY, AdamW.EPSILON);
      float[] first = numbers(0.3);
      AdamW.Parameter parameter =
          new AdamW.Parameter(manager.create(first, new Shape(ROWS, COLUMNS)));
      double[] wanted = new double[first.length];
      double[] mean = new double[first.length];
      double[] variance = new double[first.length];
      for (int i = 0; i < wanted.length; i++) {
        wanted[i] = first[i];
      }
      for (int step = 1; step <= 4; step++) {
        float[] gradient = numbers(0.7 * step);
        NDArray all = manager.create(gradient, new Shape(ROWS, COLUMNS));
        adam.next();
        adam.update(parameter, 0, 2, all.get("0:2"));
        adam.update(parameter, 2, ROWS, all.get("2:"));
        for (int i = 0; i < wanted.length; i++) {
          mean[i] = 0.9 * mean[i] + 0.1 * gradient[i];
          variance[i] = 0.999 * variance[i] + 0.001 * gradient[i] * gradient[i];
          double unbiased = mean[i] / (1 - Math.pow(0.9, step));
          double root = Math.sqrt(variance[i] / (1 - Math.pow(0.999, step)));
          wanted[i] -= RATE * DECAY * wanted[i];
          wanted[i] -= RATE * unbiased / (root + AdamW.EPSILON);
        }
      }
      float[] found = parameter.values().toFloatArray();
      for (int i = 0; i < found.length; i++) {
        assertThat((double) found[i]).isCloseTo(wanted[i], within(1e-5));
      }
    }
  }

  @Test
  void leavesNothingBehind() {
    System.setProperty("ai.djl.offline", "true");
    try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
      AdamW adam = new AdamW(manager, RATE, DECAY, AdamW.EPSILON);
      NDArray gradient = manager.create(numbers(0.2), new Shape(ROWS, COLUMNS));
      AdamW.Parameter parameter = new AdamW.Parameter(gradient.duplicate());
      int before = manager.getManagedArrays().size();
      for (int step = 0; step < 50; step++) {
        adam.next();
        adam.update(parameter, 0, ROWS, gradient);
      }
      assertThat(manager.getManagedArrays()).hasSizeLessThanOrEqualTo(before);
    }
  }

  private static float[] numbers(double step) {
    float[] values = new float[ROWS * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(1 + step * i);
    }
    return values;
  }
}
