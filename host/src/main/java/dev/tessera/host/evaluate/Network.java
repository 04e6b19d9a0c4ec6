package dev.tessera.host.evaluate;

import ai.djl.ndarray.NDArray;
import dev.tessera.torch.AdamW;
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
 * memory in each step of the full network. All of it is PyTorch's own kernels, on any device.
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

  /** AdamW's η, λ and ε. */
  record Learning(double rate, double decay, double epsilon) {}

  /** Gradients of weights are made and used in parts of 4 MB, which stay in the cache. */
  private static final int GRADIENT_FLOATS = 1 << 20;

  /**
   * What lies between the layers, for so many rows: lists have an array for each block, streams
   * that before and after each.
   */
  private record Buffers(
      int rows,
      NDArray projected,
      List<NDArray> streams,
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
          several(matrix, network.thin, BLOCKS + 1),
          several(matrix, network.thin, BLOCKS),
          several(matrix, network.wide, BLOCKS),
          several(matrix, network.wide, BLOCKS),
          matrix.apply(network.thin),
          matrix.apply(network.outputs),
          matrix.apply(network.thin),
          matrix.apply(network.thin),
          matrix.apply(network.wide));
    }

    private static List<NDArray> several(IntFunction<NDArray> matrix, int columns, int count) {
      return IntStream.range(0, count).mapToObj(i -> matrix.apply(columns)).toList();
    }

    void close() {
      List.of(projected, last, logits, gradient, thin, wide).forEach(NDArray::close);
      List.of(streams, normed, widened, hidden).forEach(blocks -> blocks.forEach(NDArray::close));
    }
  }

  /**
   * A network with first weights.
   *
   * @param thin H
   * @param wide the width inside the bottlenecks
   * @param device {@code cpu} or {@code cuda:N}
   * @param threads of the products on the CPU
   */
  Network(int inputs, int thin, int wide, int outputs, long seed, String device, int threads) {
    this(
        new Shape(inputs, thin, wide, outputs),
        seed,
        Torch.open(device, threads),
        new Learning(LEARNING_RATE, DECAY, AdamW.EPSILON));
  }

  /** A network that owns the PyTorch it computes by. */
  Network(Shape shape, long seed, Torch torch, Learning learning) {
    this.torch = torch;
    this.adam = torch.adam(learning.rate(), learning.decay(), learning.epsilon());
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
      float[] logits = forward(batch, rows).toFloatArray();
      adam.next();
      try (NDArray gradient = torch.matrix(rows, outputs, residuals(logits, targets, firstRow))) {
        back(batch, gradient);
      }
      return loss(logits, targets, firstRow);
    }
  }

  /** The logits of a batch, copied to a place of an array. */
  void predict(float[] x, int rows, float[] into, int at) {
    try (NDArray batch = torch.matrix(rows, x.length / rows, x)) {
      System.arraycopy(forward(batch, rows).toFloatArray(), 0, into, at, rows * outputs);
    }
  }

  /** The mean loss of a batch. */
  double loss(float[] x, int rows, TargetMatrix targets, int firstRow) {
    try (NDArray batch = torch.matrix(rows, x.length / rows, x)) {
      return loss(forward(batch, rows).toFloatArray(), targets, firstRow);
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
    input.forward(x, b.projected());
    inputNorm.forward(b.projected(), b.streams().get(0));
    for (int block = 0; block < BLOCKS; block++) {
      NDArray stream = b.streams().get(block);
      norms.get(block).forward(stream, b.normed().get(block));
      widen.get(block).forward(b.normed().get(block), b.widened().get(block));
      torch.gelu().forward(b.widened().get(block), b.hidden().get(block));
      NDArray next = b.streams().get(block + 1);
      narrow.get(block).forward(b.hidden().get(block), next);
      next.addi(stream);
    }
    outputNorm.forward(b.streams().get(BLOCKS), b.last());
    output.forward(b.last(), b.logits());
    return b.logits();
  }

  private void back(NDArray x, NDArray ofLogits) {
    Buffers b = buffers;
    output.back(ofLogits, b.gradient());
    output.learn(b.last(), ofLogits, weightGradient, adam);
    outputNorm.back(b.streams().get(BLOCKS), b.gradient(), adam);
    for (int block = BLOCKS - 1; block >= 0; block--) {
      narrow.get(block).back(b.gradient(), b.wide());
      narrow.get(block).learn(b.hidden().get(block), b.gradient(), weightGradient, adam);
      torch.gelu().back(b.wide(), b.widened().get(block));
      widen.get(block).back(b.wide(), b.thin());
      widen.get(block).learn(b.normed().get(block), b.wide(), weightGradient, adam);
      norms.get(block).back(b.streams().get(block), b.thin(), adam);
      b.gradient().addi(b.thin());
    }
    inputNorm.back(b.projected(), b.gradient(), adam);
    input.learn(x, b.gradient(), weightGradient, adam);
  }

  private static double loss(float[] logits, TargetMatrix targets, int firstRow) {
    int labels = targets.labels();
    int rows = logits.length / labels;
    double sum = 0;
    for (float z : logits) {
      sum += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
    }
    for (int row = 0; row < rows; row++) {
      for (int i = targets.start(firstRow + row); i < targets.end(firstRow + row); i++) {
        sum -= logits[row * labels + targets.column(i)];
      }
    }
    return sum / rows / labels;
  }

  /** The loss's gradient: (σ(z) − target) / (rows · labels). */
  private static float[] residuals(float[] logits, TargetMatrix targets, int firstRow) {
    int labels = targets.labels();
    int rows = logits.length / labels;
    float[] residuals = new float[logits.length];
    for (int i = 0; i < residuals.length; i++) {
      residuals[i] = (float) (1 / (1 + Math.exp(-logits[i])) / logits.length);
    }
    for (int row = 0; row < rows; row++) {
      for (int i = targets.start(firstRow + row); i < targets.end(firstRow + row); i++) {
        residuals[row * labels + targets.column(i)] -= 1f / logits.length;
      }
    }
    return residuals;
  }

  @Override
  public void close() {
    torch.close();
  }
}
