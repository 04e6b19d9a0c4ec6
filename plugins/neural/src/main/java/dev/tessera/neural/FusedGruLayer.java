package dev.tessera.neural;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.tessera.api.PluginContext;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * One layer over a batch, forwards and backwards, on the CPU: products by PyTorch, all between them
 * by {@link GruKernel}. Where threads are lent, each takes some of the sequences through all steps,
 * so that threads wait for each other once in thousands of rows rather than twice in each step.
 *
 * <p>PyTorch's own layer, recorded, makes some twelve arrays for each time step and, backwards,
 * adds a product of the full size of the weights for each; here the gradients of the weights are
 * one product over all time steps.
 *
 * <p>Matrices have a row for each time step and sequence, step after step: [T · B, …].
 */
final class FusedGruLayer {

  /** Input products made at a time: 4 MB, which the allocator keeps and hands out again. */
  private static final int CHUNK_FLOATS = 1 << 20;

  private final Parameter inputWeight;
  private final Parameter stateWeight;
  private final Parameter inputBias;
  private final Parameter stateBias;
  private final int hidden;
  private final SequenceParts parts;
  private final List<GruKernel> kernels = new ArrayList<>();

  /** [(T + 1) · B, H]: the state before the first step, then after each. */
  private final Slab states;

  /** [T · B, 2H], [T · B, H] twice: r and z, n, and q of each step, for the way back. */
  private final Slab gates;

  private final Slab candidates;
  private final Slab scaled;

  private int steps;
  private int batch;

  /**
   * A layer.
   *
   * @param parameters has {@code NAME.weight_ih_lK} and so on
   */
  FusedGruLayer(
      Parameters parameters, String name, int layer, NDManager manager, PluginContext context) {
    inputWeight = parameters.get(name + ".weight_ih_l" + layer);
    stateWeight = parameters.get(name + ".weight_hh_l" + layer);
    inputBias = parameters.get(name + ".bias_ih_l" + layer);
    stateBias = parameters.get(name + ".bias_hh_l" + layer);
    hidden = Math.toIntExact(stateWeight.values().getShape().get(1));
    parts = new SequenceParts(context);
    for (int part = 0; part < context.parallelism(); part++) {
      kernels.add(new GruKernel(hidden));
    }
    states = new Slab(manager);
    gates = new Slab(manager);
    candidates = new Slab(manager);
    scaled = new Slab(manager);
  }

  /**
   * Runs over a batch.
   *
   * @param input [T · B, D]
   * @param initial [B · H]
   * @param training whether {@link #backward} will follow
   */
  void forward(NDArray input, int timeSteps, int sequences, float[] initial, boolean training) {
    steps = timeSteps;
    batch = sequences;
    states.resize((steps + 1) * batch, hidden);
    states.floats().put(0, initial, 0, batch * hidden);
    if (training) {
      gates.resize(steps * batch, 2 * hidden);
      candidates.resize(steps * batch, hidden);
      scaled.resize(steps * batch, hidden);
    }
    int stepsAtOnce = Math.max(1, CHUNK_FLOATS / (batch * 3 * hidden));
    for (int from = 0; from < steps; from += stepsAtOnce) {
      int to = Math.min(steps, from + stepsAtOnce);
      try (NDArray rows =
              JniUtils.slice((PtNDArray) input, 0, (long) from * batch, (long) to * batch, 1);
          NDArray products = inputWeight.forward(rows, inputBias)) {
        FloatBuffer floats = NativeFloats.view(products).asFloatBuffer();
        int first = from;
        eachPart(
            part -> {
              for (int step = first; step < to; step++) {
                step(step, part, floats, (step - first) * batch + part.from(), training);
              }
            });
      }
    }
  }

  private void eachPart(Consumer<SequenceParts.Part> body) {
    // rounded factors are multiplied in blocks of rows, which parts would cut up
    parts.each(batch, !stateWeight.isLowered(), body);
  }

  private void step(
      int step, SequenceParts.Part part, FloatBuffer fromInput, int inputRow, boolean training) {
    GruKernel kernel = kernels.get(part.index());
    int first = step * batch + part.from();
    try (NDArray before = states.rows(first, first + part.count());
        NDArray products = stateWeight.forward(before, stateBias)) {
      FloatBuffer fromState = NativeFloats.view(products).asFloatBuffer();
      FloatBuffer all = states.floats();
      for (int row = 0; row < part.count(); row += kernel.capacity()) {
        int rows = Math.min(kernel.capacity(), part.count() - row);
        int at = first + row;
        fromInput.get((inputRow + row) * 3 * hidden, kernel.fromInput, 0, 3 * hidden * rows);
        fromState.get(row * 3 * hidden, kernel.fromState, 0, 3 * hidden * rows);
        all.get(at * hidden, kernel.before, 0, hidden * rows);
        kernel.forward(rows);
        all.put((at + batch) * hidden, kernel.after, 0, hidden * rows);
        if (training) {
          gates.floats().put(at * 2 * hidden, kernel.gates, 0, 2 * hidden * rows);
          candidates.floats().put(at * hidden, kernel.candidate, 0, hidden * rows);
          scaled.floats().put(at * hidden, kernel.scaled, 0, hidden * rows);
        }
      }
    }
  }

  /** A view of the outputs [T · B, H], to be closed by whoever asks. */
  NDArray outputs() {
    return states.rows(batch, (steps + 1) * batch);
  }

  /** The output after a step of a sequence, copied to a place of an array. */
  void copyOutput(int step, int sequence, float[] target, int offset) {
    states.floats().get(((step + 1) * batch + sequence) * hidden, target, offset, hidden);
  }

  /** The outputs row by row [(T · B) · H], from this position of {@link #stateFloats} on. */
  int outputsFrom() {
    return batch * hidden;
  }

  FloatBuffer stateFloats() {
    return states.floats();
  }

  /**
   * Goes back over the batch that {@link #forward} ran over, and adds to the weights' gradients.
   *
   * @param input as it was given to forward
   * @param outputGradient [T · B · H], from its first position on
   * @param initialGradient [B · H], set to the gradient of the initial state
   * @param work two slabs for gradients of the products
   * @return [T · B, D], the gradient of the input, to be closed by the caller
   */
  NDArray backward(NDArray input, FloatBuffer outputGradient, float[] initialGradient, Work work) {
    work.fromInput().resize(steps * batch, 3 * hidden);
    work.fromState().resize(steps * batch, 3 * hidden);
    Arrays.fill(initialGradient, 0, batch * hidden, 0);
    eachPart(
        part -> {
          for (int step = steps - 1; step >= 0; step--) {
            stepBack(step, part, outputGradient, initialGradient, work);
          }
        });
    NDArray fromInput = work.fromInput().matrix();
    NDArray fromState = work.fromState().matrix();
    try (NDArray before = states.rows(0, steps * batch)) {
      inputWeight.addProduct(fromInput, input);
      stateWeight.addProduct(fromState, before);
    }
    inputBias.addRowSum(fromInput);
    stateBias.addRowSum(fromState);
    return inputWeight.product(fromInput);
  }

  /** Slabs that all layers share for the gradients of their products. */
  record Work(Slab fromInput, Slab fromState) {}

  private void stepBack(
      int step, SequenceParts.Part part, FloatBuffer outputGradient, float[] carry, Work work) {
    GruKernel kernel = kernels.get(part.index());
    int first = step * batch + part.from();
    for (int row = 0; row < part.count(); row += kernel.capacity()) {
      int rows = Math.min(kernel.capacity(), part.count() - row);
      int at = first + row;
      int carried = (part.from() + row) * hidden;
      outputGradient.get(at * hidden, kernel.gradient, 0, hidden * rows);
      for (int i = 0; i < hidden * rows; i++) {
        kernel.gradient[i] += carry[carried + i];
      }
      gates.floats().get(at * 2 * hidden, kernel.gates, 0, 2 * hidden * rows);
      candidates.floats().get(at * hidden, kernel.candidate, 0, hidden * rows);
      scaled.floats().get(at * hidden, kernel.scaled, 0, hidden * rows);
      states.floats().get(at * hidden, kernel.before, 0, hidden * rows);
      kernel.backward(rows);
      work.fromInput().floats().put(at * 3 * hidden, kernel.fromInput, 0, 3 * hidden * rows);
      work.fromState().floats().put(at * 3 * hidden, kernel.fromState, 0, 3 * hidden * rows);
      System.arraycopy(kernel.gradient, 0, carry, carried, hidden * rows);
    }
    try (NDArray gradients = work.fromState().rows(first, first + part.count());
        NDArray back = stateWeight.product(gradients)) {
      FloatBuffer floats = NativeFloats.view(back).asFloatBuffer();
      for (int row = 0; row < part.count(); row += kernel.capacity()) {
        int count = hidden * Math.min(kernel.capacity(), part.count() - row);
        int carried = (part.from() + row) * hidden;
        floats.get(row * hidden, kernel.gradient, 0, count);
        for (int i = 0; i < count; i++) {
          carry[carried + i] += kernel.gradient[i];
        }
      }
    }
  }
}
