package dev.tessera.neural;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.tessera.api.testkit.TestContext;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdamTest {

  private static final int SIZE = 300_001;
  private static final double RATE = 0.01;

  private final TestContext context = new TestContext(2, 7);
  private final NDManager manager = Devices.open(context);

  @AfterEach
  void close() {
    manager.close();
    context.close();
  }

  @Test
  void stepsEqualTheFormulas() {
    Parameters parameters = new Parameters(manager, 1);
    Parameter parameter = parameters.addManual("w", new Initial.Normal(1), SIZE);
    Adam adam = new Adam(parameters, context);
    double[] w = toDoubles(parameter.values().toFloatArray());
    double[] m = new double[SIZE];
    double[] v = new double[SIZE];
    SplittableRandom random = new SplittableRandom(2);
    for (int t = 1; t <= 5; t++) {
      float[] g = new float[SIZE];
      new Initial.Normal(1e-3).fill(g, random);
      NativeFloats.set(parameter.gradient(), g);
      adam.step(RATE, 0.5);
      for (int i = 0; i < SIZE; i++) {
        double gradient = 0.5 * g[i];
        m[i] = 0.9 * m[i] + 0.1 * gradient;
        v[i] = 0.999 * v[i] + 0.001 * gradient * gradient;
        double meanHat = m[i] / (1 - Math.pow(0.9, t));
        double varianceHat = v[i] / (1 - Math.pow(0.999, t));
        w[i] -= RATE * meanHat / (Math.sqrt(varianceHat) + 1e-8);
      }
    }
    float[] actual = parameter.values().toFloatArray();
    for (int i = 0; i < SIZE; i++) {
      assertThat((double) actual[i]).isCloseTo(w[i], within(2e-6 + 1e-6 * Math.abs(w[i])));
    }
  }

  private static double[] toDoubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }

  @Test
  void operationsForOtherDevicesGiveTheSame() {
    Parameters first = new Parameters(manager, 1);
    Parameter inMemory = first.addManual("w", new Initial.Normal(1), 1000);
    Parameters second = new Parameters(manager, 1);
    Parameter onDevice = second.addManual("w", new Initial.Normal(1), 1000);
    Adam one = new Adam(first, context);
    Adam other = new Adam(second, context);
    SplittableRandom random = new SplittableRandom(2);
    for (int t = 0; t < 3; t++) {
      float[] g = new float[1000];
      new Initial.Normal(1).fill(g, random);
      NativeFloats.set(inMemory.gradient(), g);
      NativeFloats.set(onDevice.gradient(), g);
      one.step(RATE, 1);
      other.stepOnDevice(RATE, 1);
    }
    float[] wanted = onDevice.values().toFloatArray();
    float[] actual = inMemory.values().toFloatArray();
    for (int i = 0; i < wanted.length; i++) {
      assertThat(actual[i]).isCloseTo(wanted[i], within(2e-6f));
    }
  }

  @Test
  void normIsThatOfAllGradients() {
    Parameters parameters = new Parameters(manager, 1);
    Parameter a = parameters.addManual("a", new Initial.Constant(0), 2);
    Parameter b = parameters.addManual("b", new Initial.Constant(0), 1);
    NativeFloats.set(a.gradient(), new float[] {2, 3});
    NativeFloats.set(b.gradient(), new float[] {6});
    assertThat(new Adam(parameters, context).gradientNorm()).isCloseTo(7, within(1e-6));
  }

  @Test
  void goesOnFromACopyOfItsState() {
    Parameters parameters = new Parameters(manager, 1);
    Parameter w = parameters.addManual("w", new Initial.Normal(1), 10);
    Adam adam = new Adam(parameters, context);
    NativeFloats.set(w.gradient(), new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
    adam.step(RATE, 1);
    List<float[]> values = parameters.copy();
    List<float[]> state = adam.copy();
    adam.step(RATE, 1);
    float[] wanted = w.values().toFloatArray();
    parameters.set(values);
    Adam resumed = new Adam(parameters, context);
    resumed.set(state, 1);
    resumed.step(RATE, 1);
    assertThat(w.values().toFloatArray()).isEqualTo(wanted);
    assertThat(resumed.steps()).isEqualTo(2);
  }
}
