package dev.tessera.neural;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tessera.api.PluginContext;
import java.nio.FloatBuffer;
import java.util.SplittableRandom;

/**
 * One layer of a {@link FusedDecoder}: {@code x ← x + A(LN₁(x)) …}, {@code x ← x + γ(LN₂(x) …) …}.
 */
final class FusedDecoderLayer {

  private static final int FIRST_HALF = 1;
  private static final int SECOND_HALF = 2;
  private static final int ATTENTION = 3;

  private final DecoderWeights.Layer weights;
  private final AttentionKernel attention;
  private final PluginContext context;
  private final Work work;
  private final NormKernel firstNorm;
  private final NormKernel secondNorm;

  /** [P, D] x, before the layer and between its halves, each also normalised. */
  private final Slab input;

  private final Slab normed;
  private final Slab middle;
  private final Slab middleNormed;

  /** [P, D] what the heads give; [P, 4D] what γ gives. */
  private final Slab attended;

  private final Slab wide;

  /** [P, 3D] q, k, v; [P, 4D] what γ is applied to. They live as long as the batch. */
  private NDArray projected;

  private NDArray widened;
  private float[] logSums = {};
  private AttentionKernel.Pass pass;
  private Dropout dropout;
  private long seed;
  private int rows;

  /** Memory that all layers share on the way back. */
  record Work(Slab dropped, Slab projected) {

    Work(NDManager manager) {
      this(new Slab(manager), new Slab(manager));
    }
  }

  FusedDecoderLayer(
      DecoderWeights.Layer weights,
      AttentionKernel attention,
      Work work,
      NDManager manager,
      PluginContext context) {
    this.weights = weights;
    this.attention = attention;
    this.work = work;
    this.context = context;
    firstNorm = new NormKernel(weights.first());
    secondNorm = new NormKernel(weights.second());
    input = new Slab(manager);
    normed = new Slab(manager);
    middle = new Slab(manager);
    middleNormed = new Slab(manager);
    attended = new Slab(manager);
    wide = new Slab(manager);
  }

  /** [P, D], what the layer is given: to be filled before {@link #forward}. */
  Slab input() {
    return input;
  }

  /**
   * Runs over the input.
   *
   * @param starts the first row of each sequence, and the number of all rows
   * @param result [P, D], written
   * @param scope of the batch
   */
  void forward(int[] starts, Dropout rate, long randomSeed, Slab result, NDManager scope) {
    rows = starts[starts.length - 1];
    dropout = rate;
    seed = randomSeed;
    int width = input.width();
    normalise(firstNorm, input, normed.resize(rows, width));
    projected = linear(normed.matrix(), weights.attention(), scope);
    if (logSums.length < rows * attention.heads()) {
      logSums = new float[rows * attention.heads()];
    }
    pass =
        new AttentionKernel.Pass(
            starts,
            NativeFloats.view(projected).asFloatBuffer(),
            logSums,
            dropout,
            Seeds.mix(seed, ATTENTION));
    attention.forward(pass, attended.resize(rows, width).floats());
    try (NDArray added = linear(attended.matrix(), weights.attended(), scope)) {
      add(input, added, FIRST_HALF, middle.resize(rows, width));
    }
    normalise(secondNorm, middle, middleNormed.resize(rows, width));
    widened = linear(middleNormed.matrix(), weights.widen(), scope);
    gelu(wide.resize(rows, DecoderShape.EXPANSION * width));
    try (NDArray added = linear(wide.matrix(), weights.narrow(), scope)) {
      add(middle, added, SECOND_HALF, result);
    }
  }

  private static NDArray linear(NDArray from, DecoderWeights.Linear layer, NDManager scope) {
    NDArray result = layer.weight().product(from, layer.bias());
    result.attach(scope);
    return result;
  }

  private void normalise(NormKernel norm, Slab from, Slab to) {
    NormKernel.Forward pass = norm.forward(rows);
    int width = from.width();
    new RowBlocks(context, rows)
        .each(
            (first, count) -> {
              float[] x = new float[count * width];
              float[] y = new float[count * width];
              RowBlocks.get(from.floats(), first, count, width, x);
              pass.run(x, y, first, count);
              RowBlocks.put(to.floats(), first, count, width, y);
            });
  }

  /** {@code to = from + dropout(added)}. */
  private void add(Slab from, NDArray added, int half, Slab to) {
    FloatBuffer floats = NativeFloats.view(added).asFloatBuffer();
    int width = from.width();
    new RowBlocks(context, rows)
        .each(
            (first, count) -> {
              float[] x = new float[count * width];
              float[] y = new float[count * width];
              RowBlocks.get(from.floats(), first, count, width, x);
              RowBlocks.get(floats, first, count, width, y);
              dropout.multiply(y, random(half, first));
              for (int i = 0; i < x.length; i++) {
                x[i] += y[i];
              }
              RowBlocks.put(to.floats(), first, count, width, x);
            });
  }

  private SplittableRandom random(int half, int row) {
    return new SplittableRandom(Seeds.mix(Seeds.mix(seed, half), row));
  }

  private void gelu(Slab to) {
    FloatBuffer from = NativeFloats.view(widened).asFloatBuffer();
    int width = to.width();
    new RowBlocks(context, rows)
        .each(
            (first, count) -> {
              float[] x = new float[count * width];
              float[] y = new float[count * width];
              RowBlocks.get(from, first, count, width, x);
              GeluKernel.forward(x, y, x.length);
              RowBlocks.put(to.floats(), first, count, width, y);
            });
  }

  /**
   * Goes back over the batch of {@link #forward}, and adds to the weights' gradients.
   *
   * @param stream [P, D] the gradient of the result, which becomes that of the input
   */
  void backward(Slab stream, NDManager scope) {
    NDArray dropped = drop(stream, SECOND_HALF);
    addGradients(weights.narrow(), wide.matrix(), dropped);
    try (NDArray gradient = back(dropped, weights.narrow(), scope)) {
      geluBack(gradient);
      addGradients(weights.widen(), middleNormed.matrix(), gradient);
      normaliseBack(secondNorm, middle, back(gradient, weights.widen(), scope), stream);
    }
    dropped = drop(stream, FIRST_HALF);
    addGradients(weights.attended(), attended.matrix(), dropped);
    work.projected().resize(rows, 3 * input.width());
    try (NDArray gradient = back(dropped, weights.attended(), scope)) {
      attention.backward(
          pass, NativeFloats.view(gradient).asFloatBuffer(), work.projected().floats());
    }
    NDArray gradient = work.projected().matrix();
    addGradients(weights.attention(), normed.matrix(), gradient);
    normaliseBack(firstNorm, input, back(gradient, weights.attention(), scope), stream);
    projected.close();
    widened.close();
  }

  /** The gradient of what was added before dropout: the stream's own if there was none. */
  private NDArray drop(Slab stream, int half) {
    if (dropout.rate() == 0) {
      return stream.matrix();
    }
    int width = stream.width();
    Slab to = work.dropped().resize(rows, width);
    new RowBlocks(context, rows)
        .each(
            (first, count) -> {
              float[] x = new float[count * width];
              RowBlocks.get(stream.floats(), first, count, width, x);
              dropout.multiply(x, random(half, first));
              RowBlocks.put(to.floats(), first, count, width, x);
            });
    return to.matrix();
  }

  private void geluBack(NDArray gradient) {
    FloatBuffer gradients = NativeFloats.view(gradient).asFloatBuffer();
    FloatBuffer from = NativeFloats.view(widened).asFloatBuffer();
    int width = wide.width();
    new RowBlocks(context, rows)
        .each(
            (first, count) -> {
              float[] x = new float[count * width];
              float[] dy = new float[count * width];
              float[] space = new float[count * width];
              RowBlocks.get(from, first, count, width, x);
              RowBlocks.get(gradients, first, count, width, dy);
              GeluKernel.backward(x, dy, space, x.length);
              RowBlocks.put(gradients, first, count, width, dy);
            });
  }

  private void normaliseBack(NormKernel norm, Slab from, NDArray gradient, Slab stream) {
    norm.backward(
        from.floats(), NativeFloats.view(gradient).asFloatBuffer(), stream.floats(), rows, context);
    gradient.close();
  }

  private static NDArray back(NDArray gradient, DecoderWeights.Linear layer, NDManager scope) {
    NDArray result = layer.weight().productTransposed(gradient);
    result.attach(scope);
    return result;
  }

  private static void addGradients(DecoderWeights.Linear layer, NDArray from, NDArray gradient) {
    layer.weight().addProduct(from, gradient);
    layer.bias().addRowSum(gradient);
  }
}
