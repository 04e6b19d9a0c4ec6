package dev.tessera.neural;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tessera.api.testkit.TestContext;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SoftmaxLossTest {

  private final TestContext context = new TestContext(2, 7);
  private final NDManager manager = Devices.open(context);
  private final SplittableRandom random = new SplittableRandom(5);

  @AfterEach
  void close() {
    manager.close();
    context.close();
  }

  private float[] values(int size, double scale) {
    float[] values = new float[size];
    new Initial.Normal(scale).fill(values, random);
    return values;
  }

  private int[] labels(int rows, int size) {
    int[] labels = new int[rows];
    for (int row = 0; row < rows; row++) {
      labels[row] = random.nextInt(size);
    }
    return labels;
  }

  /** Loss and gradients in double, by the formulas. */
  private static double oracle(
      float[] h, float[] w, float[] b, int[] labels, double[] dh, double[] dw, double[] db) {
    int width = h.length / labels.length;
    double loss = 0;
    for (int row = 0; row < labels.length; row++) {
      double[] z = new double[b.length];
      double sum = 0;
      for (int v = 0; v < z.length; v++) {
        z[v] = b[v];
        for (int k = 0; k < width; k++) {
          z[v] += (double) h[row * width + k] * w[v * width + k];
        }
        sum += Math.exp(z[v]);
      }
      loss += Math.log(sum) - z[labels[row]];
      for (int v = 0; v < z.length; v++) {
        double gradient = (Math.exp(z[v]) / sum - (v == labels[row] ? 1 : 0)) / labels.length;
        db[v] += gradient;
        for (int k = 0; k < width; k++) {
          dh[row * width + k] += gradient * w[v * width + k];
          dw[v * width + k] += gradient * h[row * width + k];
        }
      }
    }
    return loss;
  }

  @Test
  void lossAndGradientsEqualTheFormulas() {
    check(7, 5, 33);
  }

  @Test
  void lossAndGradientsEqualTheFormulasOverManyChunks() {
    // 70 rows of 40,000 logits are more than one chunk, and more than one task in it
    check(70, 4, 40_000);
  }

  private void check(int rows, int width, int size) {
    float[] h = values(rows * width, 1);
    float[] w = values(size * width, 1);
    float[] b = values(size, 1);
    int[] labels = labels(rows, size);
    Parameters parameters = new Parameters(manager, 1);
    SoftmaxLoss.Layer layer =
        new SoftmaxLoss.Layer(
            parameters.addManual("w", new Initial.Constant(0), size, width),
            Optional.of(parameters.addManual("b", new Initial.Constant(0), size)));
    parameters.set(java.util.List.of(w, b));
    NDArray hidden = manager.create(h, new Shape(rows, width));
    NDArray gradient = hidden.zerosLike();
    SoftmaxLoss.Sums sums =
        new SoftmaxLoss(manager, context).learn(hidden, layer, labels, 1.0 / rows, gradient);

    double[] dh = new double[h.length];
    double[] dw = new double[w.length];
    double[] db = new double[b.length];
    double loss = oracle(h, w, b, labels, dh, dw, db);
    assertThat(sums.loss()).isCloseTo(loss, within(1e-5 * loss));
    assertClose(gradient.toFloatArray(), dh);
    assertClose(layer.weight().gradient().toFloatArray(), dw);
    assertClose(layer.bias().orElseThrow().gradient().toFloatArray(), db);
    assertThat(new SoftmaxLoss(manager, context).evaluate(hidden, layer, labels)).isEqualTo(sums);
  }

  private static void assertClose(float[] actual, double[] wanted) {
    double largest = java.util.Arrays.stream(wanted).map(Math::abs).max().orElseThrow();
    for (int i = 0; i < wanted.length; i++) {
      assertThat((double) actual[i]).isCloseTo(wanted[i], within(1e-4 * largest));
    }
  }

  @Test
  void operationsForOtherDevicesGiveTheSame() {
    int rows = 9;
    int size = 50;
    NDArray logits = manager.create(values(rows * size, 4), new Shape(rows, size));
    int[] labels = labels(rows, size);
    labels[3] = (int) logits.get(3).argMax().getLong();
    labels[5] = -1;
    labels[6] = -1;
    float[] own = new float[rows];
    own[5] = 0.3f;
    own[6] = 100;
    SoftmaxLoss.Labels given =
        new SoftmaxLoss.Labels(labels, 0, new SoftmaxLoss.Apart(own, new float[rows]));
    SoftmaxLoss.Labels again =
        new SoftmaxLoss.Labels(labels, 0, new SoftmaxLoss.Apart(own, new float[rows]));
    NDArray inMemory = logits.zerosLike();
    NDArray onDevice = logits.zerosLike();
    SoftmaxLoss.Sums sums = new SoftmaxRows(logits, given, 0.5f, inMemory).run(context);
    SoftmaxLoss.Sums other = SoftmaxLoss.chunkOnDevice(logits, again, 0.5, onDevice);
    assertThat(other.correct()).isEqualTo(sums.correct()).isPositive();
    assertThat(other.loss()).isCloseTo(sums.loss(), within(1e-4));
    assertThat(given.apart().gradients()[5])
        .isCloseTo(again.apart().gradients()[5], within(1e-6f))
        .isNegative();
    float[] wanted = onDevice.toFloatArray();
    float[] actual = inMemory.toFloatArray();
    for (int i = 0; i < wanted.length; i++) {
      assertThat(actual[i]).isCloseTo(wanted[i], within(1e-6f));
    }
  }

  @Test
  void exponentialsAreThoseOfMath() {
    float[] arguments = new float[10_007];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = -100f * i / arguments.length;
    }
    float[] results = arguments.clone();
    VectorMath.exponentials(results, results.length, 0);
    for (int i = 0; i < results.length; i++) {
      double wanted = Math.exp(arguments[i]);
      // one part in 2^21, and nothing below the smallest normal float
      assertThat((double) results[i]).isCloseTo(wanted, within(5e-7 * wanted + 2e-38));
    }
  }
}
