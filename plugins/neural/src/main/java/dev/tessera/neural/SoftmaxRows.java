package dev.tessera.neural;

import ai.djl.ndarray.NDArray;
import dev.tessera.api.PluginContext;
import java.nio.FloatBuffer;

/**
 * Softmax, cross-entropy and its gradient of rows of logits in the CPU's memory: each row is read
 * and written once, and worked on in a core's own cache.
 */
final class SoftmaxRows {

  private static final int TASK_FLOATS = 1 << 18;

  private final FloatBuffer logits;
  private final SoftmaxLoss.Labels labels;
  private final float scale;
  private final FloatBuffer gradient;
  private final int rows;
  private final int size;

  /**
   * Rows to be worked on.
   *
   * @param logits [rows, V]
   * @param labels of each row
   * @param scale what gradients are multiplied by
   * @param gradient [rows, V], written; or null if only the loss is wanted
   */
  SoftmaxRows(NDArray logits, SoftmaxLoss.Labels labels, float scale, NDArray gradient) {
    this.logits = NativeFloats.view(logits).asFloatBuffer();
    this.labels = labels;
    this.scale = scale;
    this.gradient = gradient == null ? null : NativeFloats.view(gradient).asFloatBuffer();
    this.rows = Math.toIntExact(logits.getShape().get(0));
    this.size = Math.toIntExact(logits.getShape().get(1));
  }

  /** Works on all rows; the sums do not depend on the number of threads. */
  SoftmaxLoss.Sums run(PluginContext context) {
    int taskRows = Math.max(1, TASK_FLOATS / size);
    int tasks = (rows + taskRows - 1) / taskRows;
    double[] loss = new double[tasks];
    long[] correct = new long[tasks];
    if (tasks == 1) {
      run(0, rows, 0, loss, correct);
    } else {
      context.parallel(
          tasks,
          task -> {
            int from = task * taskRows;
            run(from, Math.min(rows, from + taskRows), task, loss, correct);
          });
    }
    SoftmaxLoss.Sums sums = new SoftmaxLoss.Sums(0, 0);
    for (int task = 0; task < tasks; task++) {
      sums = sums.plus(new SoftmaxLoss.Sums(loss[task], correct[task]));
    }
    return sums;
  }

  private void run(int from, int to, int task, double[] loss, long[] correct) {
    float[] row = new float[size];
    for (int r = from; r < to; r++) {
      logits.get(r * size, row, 0, size);
      int wanted = labels.at(r);
      boolean apart = wanted < 0;
      float logit = apart ? labels.apart().logits()[labels.from() + r] : row[wanted];
      float largest = VectorMath.largest(row, size);
      largest = apart ? Math.max(largest, logit) : largest;
      float sum = VectorMath.exponentials(row, size, largest);
      float own = apart ? (float) Math.exp(logit - largest) : 0;
      sum += own;
      loss[task] += Math.log(sum) - ((double) logit - largest);
      correct[task] += logit == largest ? 1 : 0;
      if (gradient != null) {
        float factor = scale / sum;
        for (int i = 0; i < size; i++) {
          row[i] *= factor;
        }
        if (apart) {
          labels.apart().gradients()[labels.from() + r] = own * factor - scale;
        } else {
          row[wanted] -= scale;
        }
        gradient.put(r * size, row, 0, size);
      }
    }
  }
}
