package dev.tessera.neural;

import java.nio.FloatBuffer;
import java.util.List;

/**
 * Looks up the embedding of each column of a token and adds them up or lays them side by side, and
 * takes gradients back to the tables, on the CPU. Only rows that occur are touched, where PyTorch
 * would make a gradient of the full size of each table. Not safe for several threads.
 */
public final class EmbeddingSum {

  private final List<Parameter> tables;
  private final boolean sum;
  private final int size;

  /**
   * Over tables [V, size] of one size.
   *
   * @param sum whether embeddings are added up
   */
  public EmbeddingSum(List<Parameter> tables, boolean sum) {
    this.tables = List.copyOf(tables);
    this.sum = sum;
    this.size = Math.toIntExact(tables.get(0).values().getShape().get(1));
  }

  /** D, the width of an embedded token. */
  public int width() {
    return sum ? size : size * tables.size();
  }

  /** Embeds a batch, padding included, step after step: [T · B, D]. */
  public void forward(TokenBatch batch, RowMatrix target) {
    float[] token = new float[width()];
    float[] row = new float[size];
    for (int column = 0; column < tables.size(); column++) {
      FloatBuffer table = NativeFloats.view(tables.get(column).values()).asFloatBuffer();
      int offset = sum ? 0 : column * size;
      for (int at = 0; at < batch.width() * batch.rows(); at++) {
        table.get(tokenAt(batch, column, at) * size, row);
        if (sum && column > 0) {
          target.floats().get(at * token.length, token);
          for (int i = 0; i < size; i++) {
            row[i] += token[i];
          }
        }
        target.floats().put(at * width() + offset, row);
      }
    }
  }

  /** Adds the gradients of embedded tokens [T · B, D], padding's excepted, to the tables'. */
  public void backward(TokenBatch batch, RowMatrix gradient) {
    float[] row = new float[size];
    float[] total = new float[size];
    for (int column = 0; column < tables.size(); column++) {
      FloatBuffer table = NativeFloats.view(tables.get(column).gradient()).asFloatBuffer();
      int offset = sum ? 0 : column * size;
      for (int at = 0; at < batch.width() * batch.rows(); at++) {
        if (at / batch.rows() >= batch.lengths()[at % batch.rows()]) {
          continue;
        }
        int token = tokenAt(batch, column, at);
        gradient.floats().get(at * width() + offset, row);
        table.get(token * size, total);
        for (int i = 0; i < size; i++) {
          total[i] += row[i];
        }
        table.put(token * size, total);
      }
    }
  }

  private static int tokenAt(TokenBatch batch, int column, int at) {
    return batch.tokens()[column][at % batch.rows() * batch.width() + at / batch.rows()];
  }
}
