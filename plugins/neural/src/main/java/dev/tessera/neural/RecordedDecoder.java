package dev.tessera.neural;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The same transformer as {@link FusedDecoder} by PyTorch's operations, on any device; inside of an
 * {@link Autograd} recording gradients can go back through it. Sequences are padded behind their
 * ends, where the mask keeps all others from looking.
 */
public final class RecordedDecoder {

  private static final float CUBE = 0.044715f;
  private static final float HIDDEN = -1e9f;

  private final DecoderWeights weights;

  /** Over weights. */
  public RecordedDecoder(DecoderWeights weights) {
    this.weights = weights;
  }

  /**
   * Runs over a batch.
   *
   * @param embedded [P, D], sequence after sequence
   * @param lengths of each sequence, at least 1
   * @return [P, D]
   */
  public NDArray run(NDArray embedded, int[] lengths, Dropout dropout, SplittableRandom random) {
    NDManager manager = embedded.getManager();
    int steps = Arrays.stream(lengths).max().orElse(0);
    int rows = Arrays.stream(lengths).sum();
    int[] places = new int[lengths.length * steps];
    int[] real = new int[rows];
    int at = 0;
    for (int sequence = 0; sequence < lengths.length; sequence++) {
      for (int step = 0; step < lengths[sequence]; step++) {
        places[sequence * steps + step] = at;
        real[at++] = sequence * steps + step;
      }
    }
    int[] order = IntStream.range(0, steps).toArray();
    int width = weights.shape().width();
    NDArray x =
        Rows.of(embedded, places, manager)
            .reshape(lengths.length, steps, width)
            .add(Rows.of(weights.positions().values(), order, manager));
    x = dropout.apply(x, random);
    NDArray mask = manager.ones(new Shape(steps, steps)).sub(lower(manager, steps)).mul(HIDDEN);
    for (DecoderWeights.Layer layer : weights.layers()) {
      NDArray attended =
          attend(linear(norm(x, layer.first()), layer.attention()), mask, dropout, random);
      x = x.add(dropout.apply(linear(attended, layer.attended()), random));
      NDArray wide = gelu(linear(norm(x, layer.second()), layer.widen()));
      x = x.add(dropout.apply(linear(wide, layer.narrow()), random));
    }
    return Rows.of(norm(x, weights.last()).reshape(-1, width), real, manager);
  }

  private static NDArray lower(NDManager manager, int steps) {
    float[] values = new float[steps * steps];
    for (int row = 0; row < steps; row++) {
      Arrays.fill(values, row * steps, row * steps + row + 1, 1);
    }
    return manager.create(values, new Shape(steps, steps));
  }

  private NDArray attend(
      NDArray projected, NDArray mask, Dropout dropout, SplittableRandom random) {
    DecoderShape shape = weights.shape();
    long batch = projected.getShape().get(0);
    long steps = projected.getShape().get(1);
    NDList parts = new NDList();
    for (NDArray part : projected.split(3, 2)) {
      parts.add(part.reshape(batch, steps, shape.heads(), shape.headWidth()).transpose(0, 2, 1, 3));
    }
    NDArray scores =
        parts
            .get(0)
            .matMul(parts.get(1).transpose(0, 1, 3, 2))
            .mul(1 / Math.sqrt(shape.headWidth()))
            .add(mask);
    NDArray heads = dropout.apply(scores.softmax(-1), random).matMul(parts.get(2));
    return heads.transpose(0, 2, 1, 3).reshape(batch, steps, shape.width());
  }

  private static NDArray linear(NDArray x, DecoderWeights.Linear layer) {
    return x.matMul(layer.weight().values()).add(layer.bias().values());
  }

  private static NDArray norm(NDArray x, DecoderWeights.Norm norm) {
    NDArray centred = x.sub(x.mean(new int[] {2}, true));
    NDArray variance = centred.square().mean(new int[] {2}, true);
    return centred
        .div(variance.add(DecoderWeights.EPSILON).sqrt())
        .mul(norm.weight().values())
        .add(norm.bias().values());
  }

  private static NDArray gelu(NDArray x) {
    NDArray inner = x.add(x.pow(3).mul(CUBE)).mul(Math.sqrt(2 / Math.PI));
    return x.mul(inner.tanh().add(1)).mul(0.5f);
  }
}
