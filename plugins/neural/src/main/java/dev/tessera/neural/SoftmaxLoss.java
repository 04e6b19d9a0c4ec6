package dev.tessera.neural;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.tessera.api.PluginContext;
import java.util.Optional;

/**
 * An output layer with softmax and cross-entropy, and its gradients, in one: {@code z = h Wᵀ + b},
 * {@code loss = Σ −log softmax(z)[label]}.
 *
 * <p>The logits of all positions never exist at once: they are made some rows at a time, and turned
 * into their gradient {@code softmax(z) − onehot(label)} in a block of bounded size, from which the
 * gradients of h and W are two products. PyTorch's own recording would keep three arrays [P, V] per
 * column, of fresh memory in each step, whose first touch costs more than the products.
 *
 * <p>Outside of an {@link Autograd} recording only. Not safe for several threads.
 */
public final class SoftmaxLoss {

  /** Logits made at a time: 16 MB, few enough to be kept, and enough rows for a fast product. */
  private static final int CHUNK_FLOATS = 1 << 22;

  /** Gradients of logits kept at a time: 128 MB. */
  private static final int BLOCK_FLOATS = 1 << 25;

  private final PluginContext context;
  private final NDManager manager;
  private NDArray block;

  /** The figures of some positions. */
  public record Sums(double loss, long correct) {

    /** Both added up. */
    public Sums plus(Sums other) {
      return new Sums(loss + other.loss, correct + other.correct);
    }
  }

  /** An output layer: W [V, H] and, unless the table is tied without one, b [V]. */
  public record Layer(Parameter weight, Optional<Parameter> bias) {

    /** V. */
    public int size() {
      return Math.toIntExact(weight.values().getShape().get(0));
    }

    NDArray logits(NDArray hidden) {
      return weight.forward(hidden, bias.orElse(null));
    }
  }

  /** With working memory that belongs to the stage's manager. */
  public SoftmaxLoss(NDManager manager, PluginContext context) {
    this.manager = manager;
    this.context = context;
  }

  /**
   * The loss, and {@code scale} times its gradients, which are added to those of the layer and of
   * the hidden states.
   *
   * @param hidden [P, H], not recorded
   * @param labels [P]
   * @param hiddenGradient [P, H], added to
   */
  public Sums learn(
      NDArray hidden, Layer layer, int[] labels, double scale, NDArray hiddenGradient) {
    return learn(hidden, layer, labels, Apart.NONE, scale, hiddenGradient);
  }

  /** As the other, with labels that are classes of their own. */
  Sums learn(
      NDArray hidden,
      Layer layer,
      int[] labels,
      Apart apart,
      double scale,
      NDArray hiddenGradient) {
    Sums sums = new Sums(0, 0);
    int rows = Math.max(1, BLOCK_FLOATS / layer.size());
    for (int from = 0; from < labels.length; from += rows) {
      int to = Math.min(labels.length, from + rows);
      try (NDManager scope = hidden.getManager().newSubManager();
          NDArray part = hidden.get(slice(from, to));
          NDArray target = hiddenGradient.get(slice(from, to))) {
        part.attach(scope);
        NDArray gradient = gradientBlock(to - from, layer.size(), scope);
        sums = sums.plus(rows(part, layer, new Labels(labels, from, apart), scale, gradient));
        try (NDArray back = layer.weight().product(gradient)) {
          target.addi(back);
        }
        layer.weight().addProduct(gradient, part);
        layer.bias().ifPresent(bias -> bias.addRowSum(gradient));
      }
    }
    return sums;
  }

  /** The loss alone. */
  public Sums evaluate(NDArray hidden, Layer layer, int[] labels) {
    return rows(hidden, layer, new Labels(labels, 0, Apart.NONE), 0, null);
  }

  /**
   * For each position whose label is -1, that is, none of the layer's classes but one more.
   *
   * @param logits of these labels
   * @param gradients of these logits, written
   */
  record Apart(float[] logits, float[] gradients) {
    static final Apart NONE = new Apart(new float[0], new float[0]);
  }

  /** Labels from some position on. */
  record Labels(int[] all, int from, Apart apart) {
    int at(int row) {
      return all[from + row];
    }
  }

  /** A view of the first rows of the block, which grows when it is too small. */
  private NDArray gradientBlock(int rows, int size, NDManager scope) {
    long needed = (long) rows * size;
    if (block == null || block.size() < needed) {
      if (block != null) {
        block.close();
      }
      block = manager.create(new Shape(needed), DataType.FLOAT32);
    }
    NDArray flat = block.get(slice(0, needed));
    flat.attach(scope);
    NDArray view = flat.reshape(rows, size);
    view.attach(scope);
    return view;
  }

  /** Adds up the loss of some rows, and fills {@code gradient} [rows, V] unless it is null. */
  private Sums rows(NDArray hidden, Layer layer, Labels labels, double scale, NDArray gradient) {
    Sums sums = new Sums(0, 0);
    int all = Math.toIntExact(hidden.getShape().get(0));
    int rows = Math.max(1, CHUNK_FLOATS / layer.size());
    for (int from = 0; from < all; from += rows) {
      int to = Math.min(all, from + rows);
      Labels chunk = new Labels(labels.all(), labels.from() + from, labels.apart());
      try (NDManager scope = hidden.getManager().newSubManager();
          NDArray part = hidden.get(slice(from, to))) {
        part.attach(scope);
        NDArray logits = layer.logits(part);
        NDArray target = null;
        if (gradient != null) {
          target = gradient.get(slice(from, to));
          target.attach(scope);
        }
        sums = sums.plus(chunk(logits, chunk, scale, target));
      }
    }
    return sums;
  }

  private Sums chunk(NDArray logits, Labels labels, double scale, NDArray target) {
    return NativeFloats.viewable(logits)
        ? new SoftmaxRows(logits, labels, (float) scale, target).run(context)
        : chunkOnDevice(logits, labels, scale, target);
  }

  /** The same by PyTorch's operations, for arrays that are not in the CPU's memory. */
  static Sums chunkOnDevice(NDArray logits, Labels labels, double scale, NDArray target) {
    int rows = Math.toIntExact(logits.getShape().get(0));
    int classes = Math.toIntExact(logits.getShape().get(1));
    NDManager manager = logits.getManager();
    boolean apart = labels.apart().logits().length > 0;
    int[] wanted = new int[rows];
    float[] own = new float[rows];
    for (int row = 0; row < rows; row++) {
      boolean inside = labels.at(row) >= 0;
      wanted[row] = inside ? labels.at(row) : classes;
      own[row] = inside ? Float.NEGATIVE_INFINITY : labels.apart().logits()[labels.from() + row];
    }
    NDArray all = apart ? logits.concat(manager.create(own).expandDims(1), 1) : logits;
    NDArray index = manager.create(wanted).toType(DataType.INT64, false).expandDims(1);
    NDArray logProbabilities = all.logSoftmax(1);
    NDArray loss = logProbabilities.gather(index, 1).sum().neg();
    NDArray correct = all.argMax(1).expandDims(1).eq(index).toType(DataType.INT64, false).sum();
    if (target != null) {
      NDArray hits = index.squeeze(1).oneHot((int) all.getShape().get(1), DataType.FLOAT32);
      NDArray gradient = logProbabilities.exp().subi(hits).muli(scale);
      if (apart) {
        float[] last = gradient.get(new NDIndex().addAllDim().addIndices(classes)).toFloatArray();
        System.arraycopy(last, 0, labels.apart().gradients(), labels.from(), rows);
      }
      target.set(
          new NDIndex("..."), gradient.get(new NDIndex().addAllDim().addSliceDim(0, classes)));
    }
    return new Sums(loss.getFloat(), correct.getLong());
  }

  private static NDIndex slice(long from, long to) {
    return new NDIndex().addSliceDim(from, to);
  }
}
