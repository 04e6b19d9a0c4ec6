package dev.tessera.host.evaluate;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The mean logistic loss of L labels at once, and its gradient: {@code f(w) = Σᵢ (log(1 + e^zᵢ) −
 * yᵢ zᵢ) / n} with {@code z = X w}. Two products with the design matrix give all labels' gradients.
 */
final class LogisticLoss {

  private final Design design;
  private final List<TargetMatrix> targets;
  private final int labels;
  private final Torch torch;
  private final BooleanSupplier cancelled;

  /**
   * The loss of some targets, whose labels stand side by side.
   *
   * @param targets each [design's rows, its labels]
   */
  LogisticLoss(Design design, List<TargetMatrix> targets, Torch torch, BooleanSupplier cancelled) {
    this.design = design;
    this.targets = targets;
    this.labels = targets.stream().mapToInt(TargetMatrix::labels).sum();
    this.torch = torch;
    this.cancelled = cancelled;
  }

  int labels() {
    return labels;
  }

  int columns() {
    return design.columns();
  }

  /** [L] the share of positives, never quite 0 or 1. */
  double[] rates() {
    double[] rates = new double[labels];
    int at = 0;
    for (TargetMatrix matrix : targets) {
      for (int label = 0; label < matrix.labels(); label++) {
        rates[at++] = (matrix.positives(label).length + 0.5) / (design.rows() + 1.0);
      }
    }
    return rates;
  }

  /**
   * Loss and gradient.
   *
   * @param weights [L · columns]
   * @param losses [L] set
   * @param gradients [L][columns] set
   */
  void evaluate(float[] weights, double[] losses, double[][] gradients) {
    java.util.Arrays.fill(losses, 0);
    int columns = design.columns();
    try (NDArray w = torch.matrix(labels, columns, weights);
        NDArray sum = torch.matrix(labels, columns, new float[labels * columns])) {
      for (int b = 0; b < design.blocks().size(); b++) {
        Evaluations.check(cancelled);
        NDArray x = design.blocks().get(b);
        try (NDArray turned = w.transpose();
            NDArray z = x.matMul(turned);
            NDArray soft = Activation.softPlus(z);
            NDArray lossOfBlock = soft.sum(new int[] {0});
            NDArray residual = Activation.sigmoid(z)) {
          add(lossOfBlock.toFloatArray(), losses);
          subtractTargets(b * Design.BLOCK_ROWS, Torch.floats(z), Torch.floats(residual), losses);
          try (NDArray gradient = Torch.transposedProduct(residual, x)) {
            sum.addi(gradient);
          }
        }
      }
      float[] all = sum.toFloatArray();
      for (int label = 0; label < labels; label++) {
        losses[label] /= design.rows();
        for (int c = 0; c < columns; c++) {
          gradients[label][c] = all[label * columns + c] / (double) design.rows();
        }
      }
    }
  }

  private static void add(float[] values, double[] sums) {
    for (int i = 0; i < values.length; i++) {
      sums[i] += values[i];
    }
  }

  private void subtractTargets(int firstRow, FloatBuffer z, FloatBuffer residual, double[] losses) {
    int rows = z.capacity() / labels;
    int firstLabel = 0;
    for (TargetMatrix matrix : targets) {
      for (int row = 0; row < rows; row++) {
        for (int i = matrix.start(firstRow + row); i < matrix.end(firstRow + row); i++) {
          int label = firstLabel + matrix.column(i);
          int at = row * labels + label;
          residual.put(at, residual.get(at) - 1);
          losses[label] -= z.get(at);
        }
      }
      firstLabel += matrix.labels();
    }
  }

  /**
   * The logits of some labels.
   *
   * @return [rows · (to − from)]
   */
  float[] logits(float[] weights, int from, int to) {
    int columns = design.columns();
    float[] logits = new float[Math.multiplyExact(design.rows(), to - from)];
    float[] part = java.util.Arrays.copyOfRange(weights, from * columns, to * columns);
    try (NDArray w = torch.matrix(to - from, columns, part);
        NDArray turned = w.transpose()) {
      int at = 0;
      for (NDArray x : design.blocks()) {
        try (NDArray z = x.matMul(turned)) {
          float[] values = z.toFloatArray();
          System.arraycopy(values, 0, logits, at, values.length);
          at += values.length;
        }
      }
    }
    return logits;
  }
}
