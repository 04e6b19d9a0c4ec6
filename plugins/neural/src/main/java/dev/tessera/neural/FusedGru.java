package dev.tessera.neural;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tessera.api.PluginContext;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The layers of a {@link GruStack} over a batch, forwards and backwards, on the CPU and without
 * PyTorch's recording; some twice as fast in training. Keeps its memory from batch to batch. Not
 * safe for several threads, and one batch at a time.
 */
public final class FusedGru {

  private final List<FusedGruLayer> layers = new ArrayList<>();
  private final List<Slab> dropped = new ArrayList<>();
  private final List<Slab> masks = new ArrayList<>();
  private final FusedGruLayer.Work work;
  private final Slab lowerGradient;
  private final int hidden;

  private NDArray input;
  private int[] lengths = {};
  private int batch;
  private int steps;
  private boolean masked;

  /**
   * Over weights that a {@link GruStack} of this name has added to the parameters.
   *
   * @param manager of the stage
   * @param context of the stage, which lends threads
   */
  public FusedGru(
      Parameters parameters,
      String name,
      int layerCount,
      NDManager manager,
      PluginContext context) {
    for (int layer = 0; layer < layerCount; layer++) {
      layers.add(new FusedGruLayer(parameters, name, layer, manager, context));
      dropped.add(new Slab(manager));
      masks.add(new Slab(manager));
    }
    work = new FusedGruLayer.Work(new Slab(manager), new Slab(manager));
    lowerGradient = new Slab(manager);
    hidden = Math.toIntExact(parameters.get(name + ".weight_hh_l0").values().getShape().get(1));
  }

  /**
   * A batch.
   *
   * @param input [T · B, D], step after step; must stay as it is until {@link #backward}
   * @param steps T
   * @param lengths [B] steps of each sequence, at most T
   */
  public record Input(NDArray input, int steps, int[] lengths) {}

  /**
   * Runs over a batch.
   *
   * @param initial per layer [B · H]; empty for zeros
   * @param dropout between layers
   * @param random of the batch, for dropout
   * @param training whether {@link #backward} will follow
   */
  public void forward(
      Input given,
      List<float[]> initial,
      Dropout dropout,
      SplittableRandom random,
      boolean training) {
    input = given.input();
    steps = given.steps();
    lengths = given.lengths();
    batch = lengths.length;
    masked = training && dropout.rate() > 0;
    for (int layer = 0; layer < layers.size(); layer++) {
      float[] state = initial.isEmpty() ? new float[batch * hidden] : initial.get(layer);
      if (layer == 0) {
        layers.get(0).forward(input, steps, batch, state, training);
      } else if (masked) {
        drop(layer, dropout, random);
        layers.get(layer).forward(dropped.get(layer).matrix(), steps, batch, state, true);
      } else {
        try (NDArray from = layers.get(layer - 1).outputs()) {
          layers.get(layer).forward(from, steps, batch, state, training);
        }
      }
    }
  }

  private void drop(int layer, Dropout dropout, SplittableRandom random) {
    int rows = steps * batch;
    Slab mask = masks.get(layer).resize(rows, hidden);
    Slab result = dropped.get(layer).resize(rows, hidden);
    FusedGruLayer below = layers.get(layer - 1);
    float[] values = new float[hidden];
    float[] factors = new float[hidden];
    for (int row = 0; row < rows; row++) {
      dropout.fill(factors, random);
      below.stateFloats().get(below.outputsFrom() + row * hidden, values);
      for (int i = 0; i < hidden; i++) {
        values[i] *= factors[i];
      }
      mask.floats().put(row * hidden, factors);
      result.floats().put(row * hidden, values);
    }
  }

  /** A view of the last layer's outputs [T · B, H], to be closed by whoever asks. */
  public NDArray outputs() {
    return layers.get(layers.size() - 1).outputs();
  }

  /** Per layer [B · H], the state at the end of each sequence. */
  public List<float[]> finals() {
    List<float[]> finals = new ArrayList<>();
    for (FusedGruLayer layer : layers) {
      float[] ends = new float[batch * hidden];
      for (int row = 0; row < batch; row++) {
        layer.copyOutput(lengths[row] - 1, row, ends, row * hidden);
      }
      finals.add(ends);
    }
    return finals;
  }

  /** What {@link FusedGru#backward} gives. */
  public record Back(NDArray inputGradient, List<float[]> initialGradients) {}

  /**
   * Goes back, and adds to the weights' gradients.
   *
   * @param outputGradient [T · B, H] of the last layer's outputs, 0 behind the end of a sequence;
   *     it is written to
   * @param finalGradients per layer [B · H] of the states at the ends; empty for zeros
   * @return gradients of the input [T · B, D], to be closed by the caller, and per layer of the
   *     initial states [B · H]
   */
  public Back backward(NDArray outputGradient, List<float[]> finalGradients) {
    List<float[]> initials = new ArrayList<>();
    NDArray above = outputGradient;
    for (int layer = layers.size() - 1; layer >= 0; layer--) {
      FloatBuffer gradient = NativeFloats.view(above).asFloatBuffer();
      if (!finalGradients.isEmpty()) {
        addFinals(gradient, finalGradients.get(layer));
      }
      float[] initial = new float[batch * hidden];
      NDArray below = backward(layer, gradient, initial);
      initials.add(0, initial);
      if (above != outputGradient) {
        above.close();
      }
      if (layer > 0 && masked) {
        multiply(below, masks.get(layer));
      }
      above = below;
    }
    return new Back(above, initials);
  }

  private NDArray backward(int layer, FloatBuffer gradient, float[] initial) {
    if (layer == 0) {
      return layers.get(0).backward(input, gradient, initial, work);
    }
    if (masked) {
      return layers.get(layer).backward(dropped.get(layer).matrix(), gradient, initial, work);
    }
    try (NDArray from = layers.get(layer - 1).outputs()) {
      return layers.get(layer).backward(from, gradient, initial, work);
    }
  }

  private void addFinals(FloatBuffer gradient, float[] finals) {
    float[] row = new float[hidden];
    for (int sequence = 0; sequence < batch; sequence++) {
      int at = ((lengths[sequence] - 1) * batch + sequence) * hidden;
      gradient.get(at, row);
      for (int i = 0; i < hidden; i++) {
        row[i] += finals[sequence * hidden + i];
      }
      gradient.put(at, row);
    }
  }

  private void multiply(NDArray gradient, Slab mask) {
    gradient.muli(mask.matrix());
  }

  /** [T · B, H] of zeros that {@link #backward} may be given and write to; not to be closed. */
  public NDArray zeroOutputGradient() {
    lowerGradient.resize(steps * batch, hidden).clear();
    return lowerGradient.matrix();
  }
}
