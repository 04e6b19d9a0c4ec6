package dev.tessera.host.evaluate;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

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
  private Buffers buffers;

  /** Widths: D, H, that inside the bottlenecks, L. */
  record Shape(int inputs, int thin, int wide, int outputs) {}

  /** What lies between the layers, for so many rows. */
  private record Buffers(
      int rows,
      NDArray stream,
      List<NDArray> normed,
      List<NDArray> hidden,
      List<NDArray> slopes,
      NDArray last,
      NDArray gradient) {

    void close() {
      stream.close();
      normed.forEach(NDArray::close);
      hidden.forEach(NDArray::close);
      slopes.forEach(NDArray::close);
      last.close();
      gradient.close();
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
  }

  /**
   * Learns from a batch.
   *
   * @param x [rows · inputs]
   * @param targets whose rows {@code firstRow} and on are the batch's
   * @return the loss before
   */
  double train(float[] x, int rows, TargetMatrix targets, int firstRow) {
    try (NDArray batch = torch.matrix(rows, x.length / rows, x);
        NDArray logits = forward(batch, rows)) {
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
    try (NDArray batch = torch.matrix(rows, x.length / rows, x);
        NDArray logits = forward(batch, rows)) {
      Torch.floats(logits).get(0, into, at, rows * outputs);
    }
  }

  /** The mean loss of a batch. */
  double loss(float[] x, int rows, TargetMatrix targets, int firstRow) {
    try (NDArray batch = torch.matrix(rows, x.length / rows, x);
        NDArray logits = forward(batch, rows)) {
      return loss(logits, targets, firstRow);
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
      List<NDArray> normed = new ArrayList<>();
      List<NDArray> hidden = new ArrayList<>();
      List<NDArray> slopes = new ArrayList<>();
      for (int block = 0; block < BLOCKS; block++) {
        normed.add(torch.matrix(rows, thin));
        hidden.add(torch.matrix(rows, wide));
        slopes.add(torch.matrix(rows, wide));
      }
      buffers =
          new Buffers(
              rows,
              torch.matrix(rows, thin),
              normed,
              hidden,
              slopes,
              torch.matrix(rows, thin),
              torch.matrix(rows, thin));
    }
    return buffers;
  }

  private NDArray forward(NDArray x, int rows) {
    Buffers b = buffers(rows);
    try (NDArray projected = input.forward(x)) {
      inputNorm.forward(projected, b.stream());
    }
    for (int block = 0; block < BLOCKS; block++) {
      norms.get(block).forward(b.stream(), b.normed().get(block));
      try (NDArray widened = widen.get(block).forward(b.normed().get(block))) {
        Gelu.forward(widened, b.hidden().get(block), b.slopes().get(block));
      }
      try (NDArray narrowed = narrow.get(block).forward(b.hidden().get(block))) {
        b.stream().addi(narrowed);
      }
    }
    outputNorm.forward(b.stream(), b.last());
    return output.forward(b.last());
  }

  private void back(NDArray x, NDArray logitGradient) {
    Buffers b = buffers;
    try (NDArray ofLast = output.back(logitGradient)) {
      output.learn(b.last(), logitGradient, adam);
      outputNorm.back(ofLast, b.gradient(), false, adam);
    }
    for (int block = BLOCKS - 1; block >= 0; block--) {
      try (NDArray ofHidden = narrow.get(block).back(b.gradient())) {
        narrow.get(block).learn(b.hidden().get(block), b.gradient(), adam);
        ofHidden.muli(b.slopes().get(block));
        try (NDArray ofNormed = widen.get(block).back(ofHidden)) {
          widen.get(block).learn(b.normed().get(block), ofHidden, adam);
          norms.get(block).back(ofNormed, b.gradient(), true, adam);
        }
      }
    }
    try (NDArray ofProjection = torch.matrix(b.rows(), thin)) {
      inputNorm.back(b.gradient(), ofProjection, false, adam);
      input.learn(x, ofProjection, adam);
    }
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
