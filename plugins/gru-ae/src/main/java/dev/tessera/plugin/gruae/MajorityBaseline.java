package dev.tessera.plugin.gruae;

import dev.tessera.neural.BatchSource;
import dev.tessera.neural.TokenBatch;
import java.util.List;

/**
 * How often the commonest token of the training clients is the right one on others: what a model
 * must beat.
 */
final class MajorityBaseline {

  private final long[][] counts;

  /** For columns of these vocabulary sizes. */
  MajorityBaseline(List<Integer> vocabularies) {
    counts = vocabularies.stream().map(long[]::new).toArray(long[][]::new);
  }

  /** Counts the tokens that are to be told. */
  void learn(BatchSource.Epoch batches) {
    for (int index = 0; index < batches.size(); index++) {
      TokenBatch batch = batches.batch(index);
      for (int column = 0; column < counts.length; column++) {
        for (int label : GruNetwork.labels(batch, column)) {
          counts[column][label]++;
        }
      }
    }
  }

  /** The share of tokens told rightly, by column. */
  double[] accuracy(BatchSource.Epoch batches) {
    long[] correct = new long[counts.length];
    long all = 0;
    for (int index = 0; index < batches.size(); index++) {
      TokenBatch batch = batches.batch(index);
      all += batch.size() - batch.rows();
      for (int column = 0; column < counts.length; column++) {
        int commonest = commonest(counts[column]);
        for (int label : GruNetwork.labels(batch, column)) {
          correct[column] += label == commonest ? 1 : 0;
        }
      }
    }
    double[] accuracy = new double[correct.length];
    for (int column = 0; column < accuracy.length; column++) {
      accuracy[column] = (double) correct[column] / all;
    }
    return accuracy;
  }

  private static int commonest(long[] counts) {
    int commonest = 0;
    for (int token = 1; token < counts.length; token++) {
      commonest = counts[token] > counts[commonest] ? token : commonest;
    }
    return commonest;
  }
}
