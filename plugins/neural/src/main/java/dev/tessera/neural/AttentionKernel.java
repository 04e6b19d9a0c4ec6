package dev.tessera.neural;

import dev.tessera.api.PluginContext;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntConsumer;

/**
 * Masked self-attention of sequences that lie one after another, without padding between them: per
 * sequence and head {@code softmax(q kᵀ / √d) v} over the positions up to its own, forwards and
 * backwards. Scores exist for one sequence and head at a time, in a core's own cache, and those
 * above the diagonal are not computed; backwards they are made again from the rows' log-sums. After
 * Dao et al. (arXiv 2205.14135).
 */
final class AttentionKernel {

  /** Products so few that one thread takes less time than it takes to wake another. */
  private static final long LITTLE = 1 << 18;

  private final int heads;
  private final int size;
  private final float scale;
  private final PluginContext context;
  private final ConcurrentLinkedQueue<Scratch> free = new ConcurrentLinkedQueue<>();

  /** For sizes; the context lends threads. */
  AttentionKernel(DecoderShape shape, PluginContext context) {
    this.heads = shape.heads();
    this.size = shape.headWidth();
    this.scale = (float) (1 / Math.sqrt(size));
    this.context = context;
  }

  /** The number of heads. */
  int heads() {
    return heads;
  }

  /**
   * What forward and backward of one layer share.
   *
   * @param starts [B + 1] the first row of each sequence, and the number of all rows
   * @param projected [P, 3D] q, k and v
   * @param logSums [P · heads]: of each row of scores, log Σ exp; written by forward
   * @param dropout of the weights that softmax gives
   * @param seed of the dropout's random numbers
   */
  record Pass(int[] starts, FloatBuffer projected, float[] logSums, Dropout dropout, long seed) {

    private SplittableRandom random(int task) {
      return new SplittableRandom(Seeds.mix(seed, task));
    }
  }

  /** Writes the heads' results side by side, [P, D]. */
  void forward(Pass pass, FloatBuffer result) {
    each(
        pass,
        (scratch, task) -> {
          int sequence = task / heads;
          int head = task % heads;
          int start = pass.starts()[sequence];
          int length = pass.starts()[sequence + 1] - start;
          scratch.resize(length, false);
          scratch.load(scratch.q, pass.projected(), row(start, 0, head), length, 3);
          scratch.loadTurned(scratch.turned, pass.projected(), row(start, 1, head), length);
          scratch.load(scratch.v, pass.projected(), row(start, 2, head), length, 3);
          scratch.forward(pass, pass.random(task), length, start, head);
          scratch.store(scratch.o, result, (start * heads + head) * size, length, 1);
        });
  }

  /** Writes the gradients [P, 3D] of q, k and v, given those of the result [P, D]. */
  void backward(Pass pass, FloatBuffer gradient, FloatBuffer projectedGradient) {
    each(
        pass,
        (scratch, task) -> {
          int sequence = task / heads;
          int head = task % heads;
          int start = pass.starts()[sequence];
          int length = pass.starts()[sequence + 1] - start;
          scratch.resize(length, true);
          scratch.load(scratch.q, pass.projected(), row(start, 0, head), length, 3);
          scratch.load(scratch.k, pass.projected(), row(start, 1, head), length, 3);
          scratch.loadTurned(scratch.turned, pass.projected(), row(start, 1, head), length);
          scratch.loadTurned(scratch.turnedV, pass.projected(), row(start, 2, head), length);
          scratch.load(scratch.o, gradient, (start * heads + head) * size, length, 1);
          scratch.backward(pass, pass.random(task), length, start, head);
          scratch.store(scratch.dq, projectedGradient, row(start, 0, head), length, 3);
          scratch.store(scratch.dk, projectedGradient, row(start, 1, head), length, 3);
          scratch.store(scratch.v, projectedGradient, row(start, 2, head), length, 3);
        });
  }

  /** Where a head's part of q (0), k (1) or v (2) of a row begins. */
  private int row(int row, int part, int head) {
    return ((3 * row + part) * heads + head) * size;
  }

  private interface Task {
    void run(Scratch scratch, int task);
  }

  private void each(Pass pass, Task task) {
    int tasks = (pass.starts().length - 1) * heads;
    IntConsumer one =
        index -> {
          Scratch found = free.poll();
          Scratch scratch = found == null ? new Scratch() : found;
          task.run(scratch, index);
          free.add(scratch);
        };
    long work = 0;
    for (int sequence = 0; sequence + 1 < pass.starts().length; sequence++) {
      long length = (long) pass.starts()[sequence + 1] - pass.starts()[sequence];
      work += length * length * heads * size;
    }
    if (work < LITTLE) {
      for (int index = 0; index < tasks; index++) {
        one.accept(index);
      }
    } else {
      context.parallel(tasks, one);
    }
  }

  /** One thread's working memory; matrices have rows padded to whole vectors, with zeros. */
  private final class Scratch {

    private final int wide = RowMath.padded(size);
    private final float[] part = new float[size];
    private int tall;
    private float[] q = {};
    private float[] k = {};
    private float[] v = {};
    private float[] o = {};
    private float[] dq = {};
    private float[] dk = {};
    private float[] turned = {};
    private float[] turnedV = {};
    private float[] scores = {};
    private float[] scoreGradients = {};
    private float[] weights = {};
    private float[] factors = {};

    void resize(int length, boolean both) {
      tall = RowMath.padded(length);
      q = ensure(q, tall * wide);
      v = ensure(v, tall * wide);
      o = ensure(o, tall * wide);
      turned = ensure(turned, size * tall);
      weights = ensure(weights, tall);
      factors = ensure(factors, tall);
      scores = ensure(scores, (both ? tall : RowMath.ROWS) * tall);
      if (both) {
        k = ensure(k, tall * wide);
        dq = ensure(dq, tall * wide);
        dk = ensure(dk, tall * wide);
        turnedV = ensure(turnedV, size * tall);
        scoreGradients = ensure(scoreGradients, tall * tall);
      }
    }

    private float[] ensure(float[] array, int length) {
      return array.length < length ? new float[length] : array;
    }

    void load(float[] target, FloatBuffer from, int at, int length, int parts) {
      int stride = parts * heads * size;
      for (int i = 0; i < length; i++) {
        from.get(at + i * stride, target, i * wide, size);
        Arrays.fill(target, i * wide + size, (i + 1) * wide, 0);
      }
      Arrays.fill(target, length * wide, tall * wide, 0);
    }

    void loadTurned(float[] target, FloatBuffer from, int at, int length) {
      int stride = 3 * heads * size;
      for (int i = 0; i < length; i++) {
        from.get(at + i * stride, part);
        for (int c = 0; c < size; c++) {
          target[c * tall + i] = part[c];
        }
      }
      for (int c = 0; c < size; c++) {
        Arrays.fill(target, c * tall + length, (c + 1) * tall, 0);
      }
    }

    void store(float[] values, FloatBuffer to, int at, int length, int parts) {
      int stride = parts * heads * size;
      for (int i = 0; i < length; i++) {
        to.put(at + i * stride, values, i * wide, size);
      }
    }

    private RowMath.Matrix rows(float[] values, int from) {
      return new RowMath.Matrix(values, from * wide, wide, 1);
    }

    /** The matrix [size, tall] of an array. */
    private RowMath.Matrix columns(float[] values) {
      return new RowMath.Matrix(values, 0, tall, 1);
    }

    private RowMath.Matrix square(float[] values, int from) {
      return new RowMath.Matrix(values, from * tall, tall, 1);
    }

    /** Columns of scores that are computed for a block of rows. */
    private int reach(int block) {
      return Math.min(tall, RowMath.padded(block + RowMath.ROWS));
    }

    void forward(Pass pass, SplittableRandom random, int length, int start, int head) {
      for (int block = 0; block < length; block += RowMath.ROWS) {
        RowMath.Matrix target = square(scores, 0);
        RowMath.product(rows(q, block), columns(turned), target, reach(block), 0, size);
        int end = Math.min(block + RowMath.ROWS, length);
        for (int i = block; i < end; i++) {
          scale(scores, (i - block) * tall, i + 1);
          float largest = VectorMath.largest(weights, i + 1);
          float sum = VectorMath.exponentials(weights, i + 1, largest);
          pass.logSums()[(start + i) * heads + head] = (float) (largest + Math.log(sum));
          float factor = 1 / sum;
          for (int j = 0; j <= i; j++) {
            weights[j] *= factor;
          }
          drop(pass.dropout(), random, i + 1);
          System.arraycopy(weights, 0, scores, (i - block) * tall, i + 1);
          Arrays.fill(scores, (i - block) * tall + i + 1, (i - block) * tall + reach(block), 0);
        }
        RowMath.product(square(scores, 0), rows(v, 0), rows(o, block), wide, 0, end);
      }
    }

    private void scale(float[] from, int at, int count) {
      for (int j = 0; j < count; j++) {
        weights[j] = from[at + j] * scale;
      }
    }

    private void drop(Dropout dropout, SplittableRandom random, int count) {
      if (dropout.rate() > 0) {
        dropout.fill(factors, count, random);
        for (int j = 0; j < count; j++) {
          weights[j] *= factors[j];
        }
      }
    }

    void backward(Pass pass, SplittableRandom random, int length, int start, int head) {
      for (int block = 0; block < length; block += RowMath.ROWS) {
        RowMath.Matrix target = square(scores, block);
        RowMath.product(rows(q, block), columns(turned), target, reach(block), 0, size);
        RowMath.Matrix gradients = square(scoreGradients, block);
        RowMath.product(rows(o, block), columns(turnedV), gradients, reach(block), 0, size);
        int end = Math.min(block + RowMath.ROWS, length);
        for (int i = block; i < end; i++) {
          scale(scores, i * tall, i + 1);
          VectorMath.exponentials(weights, i + 1, pass.logSums()[(start + i) * heads + head]);
          scoresBack(pass.dropout(), random, i);
          Arrays.fill(scores, i * tall + i + 1, i * tall + reach(block), 0);
          Arrays.fill(scoreGradients, i * tall + i + 1, i * tall + reach(block), 0);
        }
        RowMath.product(square(scoreGradients, block), rows(k, 0), rows(dq, block), wide, 0, end);
      }
      for (int block = 0; block < length; block += RowMath.ROWS) {
        RowMath.product(
            turned(scoreGradients, block), rows(q, 0), rows(dk, block), wide, block, length);
        RowMath.product(turned(scores, block), rows(o, 0), rows(v, block), wide, block, length);
      }
    }

    /** Columns of a square from one on, as rows. */
    private RowMath.Matrix turned(float[] values, int from) {
      return new RowMath.Matrix(values, from, 1, tall);
    }

    /** From a row's weights and the gradients of its dropped weights to those of its scores. */
    private void scoresBack(Dropout dropout, SplittableRandom random, int i) {
      int at = i * tall;
      int count = i + 1;
      System.arraycopy(weights, 0, scores, at, count);
      if (dropout.rate() > 0) {
        dropout.fill(factors, count, random);
        for (int j = 0; j < count; j++) {
          scores[at + j] *= factors[j];
          scoreGradients[at + j] *= factors[j];
        }
      }
      float mean = RowMath.dot(weights, 0, scoreGradients, at, count);
      for (int j = 0; j < count; j++) {
        scoreGradients[at + j] = scale * weights[j] * (scoreGradients[at + j] - mean);
      }
    }
  }
}
