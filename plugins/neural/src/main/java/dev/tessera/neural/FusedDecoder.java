package dev.tessera.neural;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tessera.api.PluginContext;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A causal transformer over sequences that lie one after another, without padding, on the CPU:
 * products by PyTorch, all between them by kernels of our own, forwards and backwards. Keeps its
 * memory from batch to batch. One batch at a time; not safe for several threads.
 *
 * <p>Dropout is on the embedded tokens, on the weights of attention and on what each half of a
 * layer adds, as in GPT-2. Its masks are made again on the way back rather than kept.
 */
public final class FusedDecoder {

  private final DecoderWeights weights;
  private final PluginContext context;
  private final List<FusedDecoderLayer> layers = new ArrayList<>();
  private final NormKernel last;

  /** [P, D]: what the last layer gives, and the normalised result. */
  private final Slab top;

  private final Slab result;

  /** [P, D]: backwards, the gradient of what runs along the layers. */
  private final Slab stream;

  private int[] starts = {0};
  private Dropout dropout = new Dropout(0);
  private long seed;

  /**
   * Over weights.
   *
   * @param manager of the stage
   */
  public FusedDecoder(DecoderWeights weights, NDManager manager, PluginContext context) {
    this.weights = weights;
    this.context = context;
    AttentionKernel attention = new AttentionKernel(weights.shape(), context);
    FusedDecoderLayer.Work work = new FusedDecoderLayer.Work(manager);
    for (DecoderWeights.Layer layer : weights.layers()) {
      layers.add(new FusedDecoderLayer(layer, attention, work, manager, context));
    }
    last = new NormKernel(weights.last());
    top = new Slab(manager);
    result = new Slab(manager);
    stream = new Slab(manager);
  }

  /**
   * Runs over a batch without dropout; {@link #backward} may follow.
   *
   * @param embedded [P, D], sequence after sequence; not changed
   * @param lengths of each sequence, at least 1
   * @param scope of the batch
   * @return [P, D], valid until the next batch, not to be closed
   */
  public NDArray run(RowMatrix embedded, int[] lengths, NDManager scope) {
    return forward(embedded, lengths, new Dropout(0), 0, scope);
  }

  /** As {@link #run}, with dropout. */
  public NDArray learn(
      RowMatrix embedded, int[] lengths, Dropout rate, SplittableRandom random, NDManager scope) {
    return forward(embedded, lengths, rate, random.nextLong(), scope);
  }

  private NDArray forward(
      RowMatrix embedded, int[] lengths, Dropout rate, long randomSeed, NDManager scope) {
    starts = starts(lengths);
    dropout = rate;
    seed = randomSeed;
    int rows = starts[lengths.length];
    int width = weights.shape().width();
    addPositions(embedded, layers.get(0).input().resize(rows, width));
    for (int layer = 0; layer < layers.size(); layer++) {
      Slab next = layer + 1 < layers.size() ? layers.get(layer + 1).input() : top;
      layers
          .get(layer)
          .forward(starts, dropout, Seeds.mix(seed, layer + 1), next.resize(rows, width), scope);
    }
    NormKernel.Forward norm = last.forward(rows);
    FloatBuffer from = top.floats();
    FloatBuffer to = result.resize(rows, width).floats();
    new RowBlocks(context, rows)
        .each(
            (first, count) -> {
              float[] x = new float[count * width];
              float[] y = new float[count * width];
              RowBlocks.get(from, first, count, width, x);
              norm.run(x, y, first, count);
              RowBlocks.put(to, first, count, width, y);
            });
    return result.matrix();
  }

  /** The first row of each sequence, and the number of all rows. */
  static int[] starts(int[] lengths) {
    int[] starts = new int[lengths.length + 1];
    for (int i = 0; i < lengths.length; i++) {
      starts[i + 1] = starts[i] + lengths[i];
    }
    return starts;
  }

  private void addPositions(RowMatrix embedded, Slab target) {
    int width = weights.shape().width();
    float[] table = weights.positions().values().toFloatArray();
    int[] positions = positions();
    FloatBuffer from = embedded.floats();
    FloatBuffer to = target.floats();
    new RowBlocks(context, positions.length)
        .each(
            (first, count) -> {
              float[] x = new float[count * width];
              RowBlocks.get(from, first, count, width, x);
              for (int row = 0; row < count; row++) {
                int at = positions[first + row] * width;
                for (int i = 0; i < width; i++) {
                  x[row * width + i] += table[at + i];
                }
              }
              dropout.multiply(x, new SplittableRandom(Seeds.mix(seed, -first)));
              RowBlocks.put(to, first, count, width, x);
            });
  }

  /** The position of each row in its sequence. */
  private int[] positions() {
    int[] positions = new int[starts[starts.length - 1]];
    for (int sequence = 0; sequence + 1 < starts.length; sequence++) {
      for (int row = starts[sequence]; row < starts[sequence + 1]; row++) {
        positions[row] = row - starts[sequence];
      }
    }
    return positions;
  }

  /**
   * Goes back over the last batch, and adds to the weights' gradients.
   *
   * @param gradient [P, D] of the result
   * @param scope of the batch
   * @return [P, D] the gradient of the embedded tokens, valid until the next batch, not to be
   *     closed
   */
  public NDArray backward(NDArray gradient, NDManager scope) {
    int rows = starts[starts.length - 1];
    int width = weights.shape().width();
    stream.resize(rows, width).clear();
    last.backward(
        top.floats(), NativeFloats.view(gradient).asFloatBuffer(), stream.floats(), rows, context);
    for (int layer = layers.size() - 1; layer >= 0; layer--) {
      layers.get(layer).backward(stream, scope);
    }
    positionsBack(rows, width);
    return stream.matrix();
  }

  private void positionsBack(int rows, int width) {
    FloatBuffer floats = stream.floats();
    if (dropout.rate() > 0) {
      new RowBlocks(context, rows)
          .each(
              (first, count) -> {
                float[] x = new float[count * width];
                RowBlocks.get(floats, first, count, width, x);
                dropout.multiply(x, new SplittableRandom(Seeds.mix(seed, -first)));
                RowBlocks.put(floats, first, count, width, x);
              });
    }
    float[] sums = weights.positions().gradient().toFloatArray();
    float[] row = new float[width];
    int[] positions = positions();
    for (int i = 0; i < rows; i++) {
      floats.get(i * width, row);
      int at = positions[i] * width;
      for (int c = 0; c < width; c++) {
        sums[at + c] += row[c];
      }
    }
    NativeFloats.set(weights.positions().gradient(), sums);
  }
}
