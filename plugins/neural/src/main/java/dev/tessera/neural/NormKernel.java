package dev.tessera.neural;

import dev.tessera.api.PluginContext;
import java.nio.FloatBuffer;

/**
 * Normalises rows (Ba et al., arXiv 1607.06450): {@code y = (x − mean) / √(variance + ε) · w + b};
 * and goes back. Keeps mean and spread of the rows it saw last. Not safe for several threads.
 */
final class NormKernel {

  private final DecoderWeights.Norm norm;
  private final int width;
  private float[] means = {};
  private float[] scales = {};

  /** Over rows as wide as the weights. */
  NormKernel(DecoderWeights.Norm norm) {
    this.norm = norm;
    this.width = norm.weight().size();
  }

  /** Makes room for so many rows; the weights as they are now. */
  Forward forward(int rows) {
    if (means.length < rows) {
      means = new float[rows + rows / 8];
      scales = new float[rows + rows / 8];
    }
    return new Forward(norm.weight().values().toFloatArray(), norm.bias().values().toFloatArray());
  }

  /** The weights of one pass. */
  final class Forward {

    private final float[] weight;
    private final float[] bias;

    private Forward(float[] weight, float[] bias) {
      this.weight = weight;
      this.bias = bias;
    }

    /** Normalises rows of an array into another; {@code from} is the first one's number. */
    void run(float[] x, float[] y, int from, int count) {
      for (int row = 0; row < count; row++) {
        int at = row * width;
        float mean = RowMath.sum(x, at, width) / width;
        float variance = RowMath.squaredDeviations(x, at, width, mean) / width;
        float scale = (float) (1 / Math.sqrt(variance + DecoderWeights.EPSILON));
        means[from + row] = mean;
        scales[from + row] = scale;
        for (int i = 0; i < width; i++) {
          y[at + i] = (x[at + i] - mean) * scale * weight[i] + bias[i];
        }
      }
    }
  }

  /**
   * Goes back: adds to the gradients of the weights, and to those of the rows.
   *
   * @param x [rows, D] what was normalised
   * @param gradient [rows, D] of the result
   * @param sums [rows, D] added to: the gradient of x
   */
  void backward(
      FloatBuffer x, FloatBuffer gradient, FloatBuffer sums, int rows, PluginContext context) {
    RowBlocks blocks = new RowBlocks(context, rows);
    float[] weight = norm.weight().values().toFloatArray();
    float[][] weightSums = new float[blocks.count()][width];
    float[][] biasSums = new float[blocks.count()][width];
    blocks.each(
        (from, count) -> {
          float[] dy = new float[count * width];
          float[] normed = new float[count * width];
          float[] dx = new float[count * width];
          RowBlocks.get(gradient, from, count, width, dy);
          RowBlocks.get(x, from, count, width, normed);
          RowBlocks.get(sums, from, count, width, dx);
          int block = from / RowBlocks.SIZE;
          for (int row = 0; row < count; row++) {
            center(normed, row * width, means[from + row], scales[from + row]);
            addWeights(dy, normed, row * width, weightSums[block], biasSums[block]);
            back(dy, normed, dx, row * width, weight, scales[from + row]);
          }
          RowBlocks.put(sums, from, count, width, dx);
        });
    add(norm.weight(), weightSums);
    add(norm.bias(), biasSums);
  }

  private void center(float[] x, int at, float mean, float scale) {
    for (int i = at; i < at + width; i++) {
      x[i] = (x[i] - mean) * scale;
    }
  }

  private void addWeights(float[] dy, float[] normed, int at, float[] weights, float[] biases) {
    for (int i = 0; i < width; i++) {
      weights[i] += dy[at + i] * normed[at + i];
    }
    for (int i = 0; i < width; i++) {
      biases[i] += dy[at + i];
    }
  }

  private void back(float[] dy, float[] normed, float[] dx, int at, float[] weight, float scale) {
    for (int i = 0; i < width; i++) {
      dy[at + i] *= weight[i];
    }
    float mean = RowMath.sum(dy, at, width) / width;
    float slope = RowMath.dot(dy, at, normed, at, width) / width;
    for (int i = at; i < at + width; i++) {
      dx[i] += scale * (dy[i] - mean - normed[i] * slope);
    }
  }

  /** Adds up blocks, in their order, to a parameter's gradient. */
  private void add(Parameter parameter, float[][] blocks) {
    FloatBuffer gradient = NativeFloats.view(parameter.gradient()).asFloatBuffer();
    float[] total = new float[width];
    gradient.get(0, total);
    for (float[] block : blocks) {
      for (int i = 0; i < width; i++) {
        total[i] += block[i];
      }
    }
    gradient.put(0, total);
  }
}
