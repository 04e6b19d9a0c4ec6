package dev.tessera.neural;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * Layers of gated recurrent units (Cho et al., arXiv 1406.1078), as PyTorch computes them: {@code r
 * = σ(W_ir x + b_ir + W_hr h + b_hr)}, {@code z} likewise, {@code n = tanh(W_in x + b_in + r (W_hn
 * h + b_hn))}, {@code h' = (1 − z) n + z h}; dropout between layers. Weights in PyTorch's layout:
 * {@code weight_ih} [3H, D], {@code weight_hh} [3H, H], gates in the order r, z, n.
 *
 * <p>Layer by layer, so that each layer's state at the end of each sequence can be taken from its
 * outputs: sequences of a batch may differ in length, and what is computed behind the end of one
 * touches nothing.
 */
public final class GruStack {

  private final List<NDList> layers = new ArrayList<>();
  private final int hidden;

  /**
   * What a run gives.
   *
   * @param outputs [T, B, H] of the last layer; behind the end of a sequence without meaning
   * @param finals per layer [B, H], the state at the end of each sequence
   */
  public record Result(NDArray outputs, List<NDArray> finals) {

    /** [B, H], the last layer's state at the end. */
    public NDArray top() {
      return finals.get(finals.size() - 1);
    }
  }

  /**
   * Adds the weights {@code NAME.weight_ih_lK, weight_hh_lK, bias_ih_lK, bias_hh_lK} of each layer
   * K.
   *
   * @param input D of the first layer
   * @param hidden H
   */
  public GruStack(Parameters parameters, String name, int input, int hidden, int layers) {
    this.hidden = hidden;
    Initial initial = new Initial.Uniform(1 / Math.sqrt(hidden));
    for (int layer = 0; layer < layers; layer++) {
      long width = layer == 0 ? input : hidden;
      long gates = 3L * hidden;
      this.layers.add(
          new NDList(
              parameters.add(name + ".weight_ih_l" + layer, initial, gates, width),
              parameters.add(name + ".weight_hh_l" + layer, initial, gates, hidden),
              parameters.add(name + ".bias_ih_l" + layer, initial, gates),
              parameters.add(name + ".bias_hh_l" + layer, initial, gates)));
    }
  }

  /** A dropout with its random numbers, or none. */
  public static UnaryOperator<NDArray> dropout(double rate, SplittableRandom random) {
    Dropout dropout = new Dropout(rate);
    return values -> dropout.apply(values, random);
  }

  /**
   * Runs over a batch.
   *
   * @param input [T, B, D]
   * @param initial per layer [B, H]; empty for zeros
   * @param ends for sequences of unequal length [B], where in the outputs seen as [T · B, H] each
   *     one's last row is; empty if all are T long
   * @param between applied to what one layer gives the next
   */
  public Result run(
      NDArray input,
      Optional<List<NDArray>> initial,
      Optional<NDArray> ends,
      UnaryOperator<NDArray> between) {
    NDManager manager = input.getManager();
    long batch = input.getShape().get(1);
    NDArray outputs = input;
    List<NDArray> finals = new ArrayList<>();
    for (int layer = 0; layer < layers.size(); layer++) {
      NDArray from = layer == 0 ? outputs : between.apply(outputs);
      int index = layer;
      NDArray state =
          initial
              .map(states -> states.get(index).expandDims(0))
              .orElseGet(() -> manager.zeros(new Shape(1, batch, hidden)));
      NDList result =
          from.getNDArrayInternal()
              .gru(from, state, layers.get(layer), true, 1, 0, false, false, false);
      outputs = result.get(0);
      NDArray flat = outputs.reshape(-1, hidden);
      finals.add(ends.map(rows -> Rows.of(flat, rows)).orElseGet(() -> result.get(1).squeeze(0)));
    }
    return new Result(outputs, finals);
  }
}
