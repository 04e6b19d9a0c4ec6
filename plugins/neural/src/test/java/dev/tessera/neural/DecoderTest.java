package dev.tessera.neural;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tessera.api.testkit.TestContext;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our kernels against PyTorch's operations and its recorded gradients. */
class DecoderTest {

  private static final Dropout NONE = new Dropout(0);

  private final TestContext context = new TestContext(2, 7);
  private final NDManager manager = Devices.open(context);

  @AfterEach
  void close() {
    manager.close();
    context.close();
  }

  private static float[] values(long size, int seed) {
    float[] values = new float[(int) size];
    new Initial.Normal(0.7).fill(values, new SplittableRandom(seed));
    return values;
  }

  /** Weights far from their first values, so that no part of them could be left out unseen. */
  private Parameters weights() {
    return new Parameters(manager, 1);
  }

  private DecoderWeights decoder(Parameters parameters, DecoderShape shape) {
    DecoderWeights weights = new DecoderWeights(parameters, "decoder", shape);
    List<float[]> all = parameters.copy();
    for (int i = 0; i < all.size(); i++) {
      all.set(i, values(all.get(i).length, i));
      for (int k = 0; k < all.get(i).length; k++) {
        all.get(i)[k] *= 0.4f;
      }
    }
    parameters.set(all);
    return weights;
  }

  private RowMatrix matrix(float[] values, int width) {
    RowMatrix matrix = new RowMatrix(manager);
    matrix.resize(values.length / width, width);
    matrix.floats().put(0, values);
    return matrix;
  }

  @ParameterizedTest
  @CsvSource({"16, 2, 2, 32", "12, 3, 1, 9", "48, 1, 1, 70", "40, 2, 5, 130"})
  void kernelsEqualPyTorch(int width, int layers, int heads, int longest) {
    Parameters parameters = weights();
    DecoderWeights weights = decoder(parameters, new DecoderShape(width, layers, heads, longest));
    int[] lengths = {longest, 1, 5, longest - 1, 2};
    int rows = IntStream.of(lengths).sum();
    float[] embedded = values((long) rows * width, 100);
    float[] outer = values((long) rows * width, 101);
    try (NDManager scope = manager.newSubManager()) {
      NDArray input = scope.create(embedded, new Shape(rows, width));
      input.setRequiresGradient(true);
      RecordedDecoder recorded = new RecordedDecoder(weights);
      NDArray wanted = Autograd.record(() -> recorded.run(input, lengths, NONE, null));
      Autograd.backward(wanted, scope.create(outer, new Shape(rows, width)));
      List<float[]> gradients =
          parameters.all().stream().map(p -> p.gradient().toFloatArray()).toList();
      parameters.zeroGradients();
      FusedDecoder fused = new FusedDecoder(weights, manager, context);
      // twice, so that what a batch leaves in the memory that is kept would be seen
      fused.run(matrix(values(3L * width, 9), width), new int[] {2, 1}, scope);
      NDArray result = fused.run(matrix(embedded, width), lengths, scope);
      assertClose(result.toFloatArray(), wanted.toFloatArray(), "result");
      NDArray back = fused.backward(scope.create(outer, new Shape(rows, width)), scope);
      assertClose(back.toFloatArray(), input.getGradient().toFloatArray(), "input");
      for (int i = 0; i < gradients.size(); i++) {
        Parameter parameter = parameters.all().get(i);
        assertClose(parameter.gradient().toFloatArray(), gradients.get(i), parameter.name());
      }
    }
  }

  private static void assertClose(float[] actual, float[] wanted, String name) {
    double largest = 0;
    for (float value : wanted) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(actual).hasSameSizeAs(wanted);
    for (int i = 0; i < wanted.length; i++) {
      assertThat((double) actual[i])
          .as("%s %d", name, i)
          .isCloseTo(wanted[i], within(1e-5 + 2e-5 * largest));
    }
  }

  @Test
  void gradientsThroughDropoutAreThoseOfTheSameMasks() {
    int width = 12;
    Parameters parameters = weights();
    DecoderWeights weights = decoder(parameters, new DecoderShape(width, 2, 2, 8));
    int[] lengths = {8, 5};
    float[] embedded = values(13L * width, 100);
    float[] outer = values(13L * width, 101);
    Dropout dropout = new Dropout(0.3);
    FusedDecoder fused = new FusedDecoder(weights, manager, context);
    try (NDManager scope = manager.newSubManager()) {
      parameters.zeroGradients();
      fused.learn(matrix(embedded, width), lengths, dropout, new SplittableRandom(3), scope);
      float[] gradient =
          fused.backward(scope.create(outer, new Shape(13, width)), scope).toFloatArray();
      double slope = 0;
      float[] direction = values(13L * width, 55);
      for (int i = 0; i < gradient.length; i++) {
        slope += gradient[i] * direction[i];
      }
      double step = 1e-3;
      double[] sides = new double[2];
      for (int side = 0; side < 2; side++) {
        float[] moved = embedded.clone();
        for (int i = 0; i < moved.length; i++) {
          moved[i] += (float) ((side == 0 ? step : -step) * direction[i]);
        }
        float[] result =
            fused
                .learn(matrix(moved, width), lengths, dropout, new SplittableRandom(3), scope)
                .toFloatArray();
        for (int i = 0; i < result.length; i++) {
          sides[side] += (double) result[i] * outer[i];
        }
      }
      assertThat((sides[0] - sides[1]) / (2 * step))
          .isCloseTo(slope, within(0.02 * Math.abs(slope) + 0.02));
      float[] other =
          fused
              .learn(matrix(embedded, width), lengths, dropout, new SplittableRandom(4), scope)
              .toFloatArray();
      float[] same =
          fused
              .learn(matrix(embedded, width), lengths, dropout, new SplittableRandom(3), scope)
              .toFloatArray();
      assertThat(other).isNotEqualTo(same);
    }
  }

  @Test
  void refusesHeadsThatDoNotDivideTheWidth() {
    assertThatThrownBy(() -> new DecoderShape(10, 1, 3, 4))
        .hasMessage("heads must divide the width 10, was 3");
  }
}
