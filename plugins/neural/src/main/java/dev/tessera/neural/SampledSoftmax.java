package dev.tessera.neural;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.tessera.api.PluginContext;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * Cross-entropy over a label and some sampled rows of a table alone (Jean et al., arXiv 1412.2007):
 * {@code loss = Σ −log(e^{h·E[label]} / (e^{h·E[label]} + Σ_j e^{h·E[row j]}))}, and its gradients.
 * Not safe for several threads.
 */
public final class SampledSoftmax {

  private final NDManager manager;
  private final SoftmaxLoss softmax;
  private Parameter sampled;

  /** With working memory that belongs to the stage's manager. */
  public SampledSoftmax(NDManager manager, PluginContext context) {
    this.manager = manager;
    this.softmax = new SoftmaxLoss(manager, context);
  }

  /**
   * Rows of a table to tell labels from.
   *
   * @param rows some rows
   * @param columnOf by row of the table its place in {@code rows} or -1; of a label that has a
   *     place, that is its class. Empty if labels always are a class of their own
   */
  public record Sample(int[] rows, int[] columnOf) {

    /** A label is one more class, whether or not it is among the rows, which may repeat. */
    public static Sample apart(int[] rows) {
      return new Sample(rows, new int[0]);
    }

    /** A label that is among the rows, none of which repeats, is that class. */
    public static Sample distinct(int[] rows, int tableRows) {
      int[] columnOf = new int[tableRows];
      Arrays.fill(columnOf, -1);
      for (int column = 0; column < rows.length; column++) {
        columnOf[rows[column]] = column;
      }
      return new Sample(rows, columnOf);
    }

    private int column(int label) {
      return columnOf.length == 0 ? -1 : columnOf[label];
    }
  }

  /**
   * The loss, and {@code scale} times its gradients, which are added to those of the table and of
   * the hidden states.
   *
   * @param hidden [P, H], not recorded
   * @param table [V, H]
   * @param labels [P] rows of the table
   * @param hiddenGradient [P, H], added to
   */
  public SoftmaxLoss.Sums learn(
      NDArray hidden,
      Parameter table,
      Sample sample,
      int[] labels,
      double scale,
      NDArray hiddenGradient) {
    int[] columns = Arrays.stream(labels).map(sample::column).toArray();
    SoftmaxLoss.Apart apart =
        Arrays.stream(columns).allMatch(column -> column >= 0)
            ? SoftmaxLoss.Apart.NONE
            : new SoftmaxLoss.Apart(new float[labels.length], new float[labels.length]);
    Work work = new Work(hidden, table, sample, labels, columns, scale, apart, hiddenGradient);
    return NativeFloats.viewable(hidden) ? inMemory(work) : onDevice(work);
  }

  /** The loss alone, of labels that are all among a sample of distinct rows. */
  public SoftmaxLoss.Sums evaluate(NDArray hidden, Parameter table, Sample sample, int[] labels) {
    int[] columns = Arrays.stream(labels).map(sample::column).toArray();
    try (NDManager scope = hidden.getManager().newSubManager()) {
      Parameter classes = table.like("classes", Rows.of(table.values(), sample.rows(), scope));
      return softmax.evaluate(hidden, new SoftmaxLoss.Layer(classes, Optional.empty()), columns);
    }
  }

  /** What there is to do, for {@link #inMemory} and {@link #onDevice} alike. */
  record Work(
      NDArray hidden,
      Parameter table,
      Sample sample,
      int[] labels,
      int[] columns,
      double scale,
      SoftmaxLoss.Apart apart,
      NDArray hiddenGradient) {

    int width() {
      return Math.toIntExact(table.values().getShape().get(1));
    }
  }

  private SoftmaxLoss.Sums inMemory(Work work) {
    int width = work.width();
    int[] rows = work.sample().rows();
    resize(work.table(), rows.length, width);
    float[] row = new float[width];
    float[] other = new float[width];
    FloatBuffer table = NativeFloats.view(work.table().values()).asFloatBuffer();
    FloatBuffer target = NativeFloats.view(sampled.values()).asFloatBuffer();
    for (int i = 0; i < rows.length; i++) {
      table.get(rows[i] * width, row);
      target.put(i * width, row);
    }
    sampled.dropFactor();
    NativeFloats.fill(sampled.gradient(), 0);
    FloatBuffer hidden = NativeFloats.view(work.hidden()).asFloatBuffer();
    for (int p = 0; p < work.labels().length; p++) {
      if (work.columns()[p] < 0) {
        hidden.get(p * width, row);
        table.get(work.labels()[p] * width, other);
        work.apart().logits()[p] = RowMath.dot(row, 0, other, 0, width);
      }
    }
    SoftmaxLoss.Sums sums = run(work);
    FloatBuffer from = NativeFloats.view(sampled.gradient()).asFloatBuffer();
    FloatBuffer gradients = NativeFloats.view(work.table().gradient()).asFloatBuffer();
    for (int i = 0; i < rows.length; i++) {
      from.get(i * width, row);
      RowMath.addTo(gradients, rows[i] * width, row, 1, other);
    }
    FloatBuffer hiddenGradient = NativeFloats.view(work.hiddenGradient()).asFloatBuffer();
    for (int p = 0; p < work.labels().length; p++) {
      if (work.columns()[p] < 0) {
        float gradient = work.apart().gradients()[p];
        int label = work.labels()[p] * width;
        hidden.get(p * width, row);
        RowMath.addTo(gradients, label, row, gradient, other);
        table.get(label, row);
        RowMath.addTo(hiddenGradient, p * width, row, gradient, other);
      }
    }
    return sums;
  }

  private SoftmaxLoss.Sums run(Work work) {
    return softmax.learn(
        work.hidden(),
        new SoftmaxLoss.Layer(sampled, Optional.empty()),
        work.columns(),
        work.apart(),
        work.scale(),
        work.hiddenGradient());
  }

  private void resize(Parameter like, int rows, int width) {
    Shape shape = new Shape(rows, width);
    if (sampled == null || !sampled.values().getShape().equals(shape)) {
      if (sampled != null) {
        sampled.dropFactor();
        sampled.values().close();
        sampled.gradient().close();
      }
      sampled = like.like("sampled", manager.create(shape, DataType.FLOAT32));
    }
  }

  /** The same by PyTorch's operations, for arrays that are not in the CPU's memory. */
  SoftmaxLoss.Sums onDevice(Work work) {
    NDManager scope = work.hidden().getManager();
    NDArray table = work.table().values();
    NDArray rows = Autograd.record(() -> Rows.of(table, work.sample().rows(), scope));
    sampled = work.table().like("sampled", rows.stopGradient());
    boolean apart = work.apart().logits().length > 0;
    NDArray own = Autograd.record(() -> Rows.of(table, work.labels(), scope));
    NDArray ownValues = own.stopGradient();
    if (apart) {
      float[] logits = work.hidden().mul(ownValues).sum(new int[] {1}).toFloatArray();
      System.arraycopy(logits, 0, work.apart().logits(), 0, logits.length);
    }
    SoftmaxLoss.Sums sums = run(work);
    Autograd.backward(rows, sampled.gradient());
    if (apart) {
      NDArray gradient = scope.create(work.apart().gradients()).expandDims(1);
      Autograd.backward(own, work.hidden().mul(gradient));
      work.hiddenGradient().addi(ownValues.mul(gradient));
    }
    sampled = null;
    return sums;
  }
}
