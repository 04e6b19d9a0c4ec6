package dev.tessera.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import org.junit.jupiter.api.Test;

final class GeluTest {

  private static final float[] AT = {-6, -3, -1.5f, -0.75f, 0, 1e-3f, 0.5f, 1, 2.5f, 7};

  @Test
  void isXTimesTheNormalDistributionAndGoesBackInPlace() {
    System.setProperty("ai.djl.offline", "true");
    try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
      JniUtils.setGradMode(false);
      Gelu gelu = new Gelu(manager);
      NDArray x = manager.create(AT);
      NDArray into = manager.create(new float[AT.length]);
      NDArray gradient = manager.create(new float[AT.length]).add(3);

      gelu.forward(x, into);
      gelu.back(gradient, x);

      double width = 1e-4;
      for (int i = 0; i < AT.length; i++) {
        double slope = (gelu(AT[i] + width) - gelu(AT[i] - width)) / (2 * width);
        assertThat((double) into.getFloat(i)).isCloseTo(gelu(AT[i]), within(1e-6));
        assertThat((double) gradient.getFloat(i)).isCloseTo(3 * slope, within(1e-5));
      }
      assertThat(x.toFloatArray()).isEqualTo(AT);
    }
  }

  /** x Φ(x), the normal density integrated by Simpson's rule from 0. */
  private static double gelu(double x) {
    int steps = 2000;
    double h = x / steps;
    double sum = 0;
    for (int i = 0; i <= steps; i++) {
      int weight = i == 0 || i == steps ? 1 : i % 2 == 0 ? 2 : 4;
      sum += weight * Math.exp(-0.5 * i * h * i * h);
    }
    return x * (0.5 + sum * h / 3 / Math.sqrt(2 * Math.PI));
  }
}
