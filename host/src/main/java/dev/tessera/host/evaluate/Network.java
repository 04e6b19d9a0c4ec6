package dev.tessera.host.evaluate;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The organisers' network: linear D → H, LayerNorm, three residual inverted bottlenecks {@code x +
 * W₂ γ(W₁ LN(x))} H → wide → H with GELU (Bachmann et al., arXiv 2306.13575), LayerNorm, linear H →
 * L. Loss: binary cross-entropy of the logits, the mean over clients and labels. AdamW, learning
 * rate 1e-3, decay 0.01.
 *
 * <p>Goes back by hand: each weight's gradient is used as soon as it is made and not kept, and the
 * arrays between the layers are made once. PyTorch's recording would make and touch 210 MB of fresh
 * memory in each step of the full network.
 */
final class Network implements AutoCloseable {

  private static final int BLOCKS = 3;
  private static final double LEARNING_RATE = 1e-3;
  private static final double DECAY = 0.01;

  private final Torch torch;
  private final int thin;
  private final int wide;
  private final int outputs;
  private final DenseLayer input;
  private final NormLayer inputNorm;
  private final List<NormLayer> norms = new ArrayList<>();
  private final List<DenseLayer> widen = new ArrayList<>();
  private final List<DenseLayer> narrow = new ArrayList<>();
  private final NormLayer outputNorm;
  private final DenseLayer output;
  private final AdamW adam;
  private final NDArray weightGradient;
  private Buffers buffers;

  /** Widths: D, H, that inside the bottlenecks, L. */
  record Shape(int inputs, int thin, int wide, int outputs) {}

  /** Gradients of weights are made and used in parts of 4 MB, which stay in the cache. */
  private static final int GRADIENT_FLOATS = 1 << 20;

  /** What lies between the layers, for so many rows: lists have an array for each block. */
  private record Buffers(
      int rows,
      NDArray stream,
      List<NDArray> normed,
      List<NDArray> widened,
      List<NDArray> hidden,
      NDArray last,
      NDArray logits,
      NDArray gradient,
      NDArray thin,
      NDArray wide) {

    static Buffers of(int rows, Network network) {
      IntFunction<NDArray> matrix = columns -> network.torch.matrix(rows, columns);
      return new Buffers(
          rows,
          matrix.apply(network.thin),
          ofBlocks(matrix, network.thin),
          ofBlocks(matrix, network.wide),
          ofBlocks(matrix, network.wide),
          matrix.apply(network.thin),
          matrix.apply(network.outputs),
          matrix.apply(network.thin),
          matrix.apply(network.thin),
          matrix.apply(network.wide));
    }

    private static List<NDArray> ofBlocks(IntFunction<NDArray> matrix, int columns) {
      return IntStream.range(0, BLOCKS).mapToObj(block -> matrix.apply(columns)).toList();
    }

    void close() {
      List.of(stream, last, logits, gradient, thin, wide).forEach(NDArray::close);
      List.of(normed, widened, hidden).forEach(blocks -> blocks.forEach(NDArray::close));
    }
  }

  /**
   * A network with first weights.
   *
   * @param thin H
   * @param wide the width inside the bottlenecks
   * @param threads of the products
   */
  Network(int inputs, int thin, int wide, int outputs, long seed, int threads) {
    this(
        new Shape(inputs, thin, wide, outputs),
        seed,
        threads,
        new AdamW(LEARNING_RATE, DECAY, AdamW.EPSILON));
  }

  Network(Shape shape, long seed, int threads, AdamW adam) {
    this.adam = adam;
    this.torch = Torch.open(threads);
    this.thin = shape.thin();
    this.wide = shape.wide();
    this.outputs = shape.outputs();
    SplittableRandom random = new SplittableRandom(seed);
    input = new DenseLayer(shape.inputs(), thin, random, torch);
    inputNorm = new NormLayer(thin, torch);
    for (int block = 0; block < BLOCKS; block++) {
      norms.add(new NormLayer(thin, torch));
      widen.add(new DenseLayer(thin, wide, random, torch));
      narrow.add(new DenseLayer(wide, thin, random, torch));
    }
    outputNorm = new NormLayer(thin, torch);
    output = new DenseLayer(thin, outputs, random, torch);
    int widest = Math.max(shape.inputs(), Math.max(thin, wide));
    weightGradient = torch.vector(new float[Math.max(GRADIENT_FLOATS, widest)]);
  }

  /**
   * Learns from a batch.
   *
   * @param x [rows · inputs]
   * @param targets whose rows {@code firstRow} and on are the batch's
   * @return the loss before
   */
  double train(float[] x, int rows, TargetMatrix targets, int firstRow) {
    try (NDArray batch = torch.matrix(rows, x.length / rows, x)) {
      NDArray logits = forward(batch, rows);
      double loss = loss(logits, targets, firstRow);
      adam.next();
      try (NDArray gradient = residuals(logits, targets, firstRow)) {
        back(batch, gradient);
      }
      return loss;
    }
  }

  /** The logits of a batch, copied to a place of an array. */
  void predict(float[] x, int rows, float[] into, int at) {
    try (NDArray batch = torch.matrix(rows, x.length / rows, x)) {
      Torch.floats(forward(batch, rows)).get(0, into, at, rows * outputs);
    }
  }

  /** The mean loss of a batch. */
  double loss(float[] x, int rows, TargetMatrix targets, int firstRow) {
    try (NDArray batch = torch.matrix(rows, x.length / rows, x)) {
      return loss(forward(batch, rows), targets, firstRow);
    }
  }

  /** All parameters, from the input to the output: for tests. */
  List<AdamW.Parameter> parameters() {
    List<AdamW.Parameter> all = new ArrayList<>();
    add(all, input);
    add(all, inputNorm);
    for (int block = 0; block < BLOCKS; block++) {
      add(all, norms.get(block));
      add(all, widen.get(block));
      add(all, narrow.get(block));
    }
    add(all, outputNorm);
    add(all, output);
    return all;
  }

  private static void add(List<AdamW.Parameter> all, DenseLayer layer) {
    all.add(layer.weight());
    all.add(layer.bias());
  }

  private static void add(List<AdamW.Parameter> all, NormLayer layer) {
    all.add(layer.gain());
    all.add(layer.bias());
  }

  private Buffers buffers(int rows) {
    if (buffers == null || buffers.rows() != rows) {
      if (buffers != null) {
        buffers.close();
      }
      buffers = Buffers.of(rows, this);
    }
    return buffers;
  }

  /** The logits, which hold until the next call. */
  private NDArray forward(NDArray x, int rows) {
    Buffers b = buffers(rows);
    input.forward(x, b.thin());
    inputNorm.forward(b.thin(), b.stream());
    for (int block = 0; block < BLOCKS; block++) {
      norms.get(block).forward(b.stream(), b.normed().get(block));
      widen.get(block).forward(b.normed().get(block), b.widened().get(block));
      torch.gelu().forward(b.widened().get(block), b.hidden().get(block));
      narrow.get(block).forward(b.hidden().get(block), b.thin());
      b.stream().addi(b.thin());
    }
    outputNorm.forward(b.stream(), b.last());
    output.forward(b.last(), b.logits());
    return b.logits();
  }

  private void back(NDArray x, NDArray ofLogits) {
    Buffers b = buffers;
    output.back(ofLogits, b.thin());
    output.learn(b.last(), ofLogits, weightGradient, adam);
    outputNorm.back(b.thin(), b.gradient(), false, adam);
    for (int block = BLOCKS - 1; block >= 0; block--) {
      narrow.get(block).back(b.gradient(), b.wide());
      narrow.get(block).learn(b.hidden().get(block), b.gradient(), weightGradient, adam);
      torch.gelu().back(b.wide(), b.widened().get(block));
      widen.get(block).back(b.wide(), b.thin());
      widen.get(block).learn(b.normed().get(block), b.wide(), weightGradient, adam);
      norms.get(block).back(b.thin(), b.gradient(), true, adam);
    }
    inputNorm.back(b.gradient(), b.thin(), false, adam);
    input.learn(x, b.thin(), weightGradient, adam);
  }

  private static double loss(NDArray logits, TargetMatrix targets, int firstRow) {
    int labels = targets.labels();
    FloatBuffer z = Torch.floats(logits);
    int rows = z.capacity() / labels;
    double sum = 0;
    for (int i = 0; i < z.capacity(); i++) {
      float value = z.get(i);
      sum += Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value)));
    }
    for (int row = 0; row < rows; row++) {
      for (int i = targets.start(firstRow + row); i < targets.end(firstRow + row); i++) {
        sum -= z.get(row * labels + targets.column(i));
      }
    }
    return sum / rows / labels;
  }

  private static NDArray residuals(NDArray logits, TargetMatrix targets, int firstRow) {
    int labels = targets.labels();
    NDArray residuals = Activation.sigmoid(logits);
    FloatBuffer values = Torch.floats(residuals);
    int rows = values.capacity() / labels;
    for (int row = 0; row < rows; row++) {
      for (int i = targets.start(firstRow + row); i < targets.end(firstRow + row); i++) {
        int at = row * labels + targets.column(i);
        values.put(at, values.get(at) - 1);
      }
    }
    residuals.muli(1f / rows / labels);
    return residuals;
  }

  @Override
  public void close() {
    torch.close();
  }
}
