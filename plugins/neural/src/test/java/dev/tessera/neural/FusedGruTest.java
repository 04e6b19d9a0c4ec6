package dev.tessera.neural;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tessera.api.testkit.TestContext;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FusedGruTest {

  private static final int SEQUENCES = 50;
  private static final int STEPS = 7;
  private static final int INPUT = 12;
  private static final int HIDDEN = 20;
  private static final int LAYERS = 2;

  @Test
  void sequencesSplitAmongThreadsGiveStatesAndGradientsOfOneThread() {
    List<float[]> one = run(1);
    List<float[]> three = run(3);

    assertThat(three).hasSameSizeAs(one).hasSizeGreaterThan(LAYERS);
    for (int i = 0; i < one.size(); i++) {
      float[] wanted = one.get(i);
      assertThat(largest(wanted)).as("array %d has values", i).isGreaterThan(0.01f);
      assertThat(three.get(i))
          .as("array %d", i)
          .usingComparatorWithPrecision(1e-4f)
          .containsExactly(wanted);
    }
  }

  @Test
  void sameThreadsGiveSameBytes() {
    List<float[]> first = run(3);
    List<float[]> second = run(3);

    for (int i = 0; i < first.size(); i++) {
      assertThat(second.get(i)).as("array %d", i).isEqualTo(first.get(i));
    }
  }

  /** Outputs, final states, gradients of input, initial states and weights. */
  private static List<float[]> run(int threads) {
    try (TestContext context = new TestContext(threads, 42);
        NDManager manager = Devices.open(context)) {
      Parameters parameters = new Parameters(manager, 5);
      var unused = new GruStack(parameters, "gru", INPUT, HIDDEN, LAYERS);
      parameters.zeroGradients();
      FusedGru gru = new FusedGru(parameters, "gru", LAYERS, manager, context);
      SplittableRandom random = new SplittableRandom(3);
      int[] lengths = random.ints(SEQUENCES, 1, STEPS + 1).toArray();
      gru.forward(
          new FusedGru.Input(
              manager.create(
                  values(random, STEPS * SEQUENCES * INPUT), new Shape(STEPS * SEQUENCES, INPUT)),
              STEPS,
              lengths),
          List.of(),
          new Dropout(0.3),
          random,
          true);
      List<float[]> results = new ArrayList<>(gru.finals());
      try (NDArray outputs = gru.outputs()) {
        results.add(outputs.toFloatArray());
      }
      NDArray gradient =
          manager.create(
              values(random, STEPS * SEQUENCES * HIDDEN), new Shape(STEPS * SEQUENCES, HIDDEN));
      FusedGru.Back back = gru.backward(gradient, List.of());
      results.add(back.inputGradient().toFloatArray());
      results.addAll(back.initialGradients());
      parameters.all().forEach(parameter -> results.add(parameter.gradient().toFloatArray()));
      return results;
    }
  }

  private static float[] values(SplittableRandom random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (random.nextDouble() - 0.5);
    }
    return values;
  }

  private static float largest(float[] values) {
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }
}
