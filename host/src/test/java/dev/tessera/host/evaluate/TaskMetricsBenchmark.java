package dev.tessera.host.evaluate;

import java.util.Random;

/**
 * Times the targets' matrix and the metrics. Arguments: clients, labels, purchases a client.
 *
 * <p>{@code java -cp … dev.tessera.host.evaluate.TaskMetricsBenchmark 1000000 100 2}
 */
final class TaskMetricsBenchmark {

  private TaskMetricsBenchmark() {}

  public static void main(String[] arguments) {
    int clients = Integer.parseInt(arguments[0]);
    int labels = Integer.parseInt(arguments[1]);
    int purchases = clients * Integer.parseInt(arguments[2]);
    Random random = new Random(1);
    float[] logits = new float[clients * labels];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = random.nextFloat() * 6 - 5;
    }
    double[] popularity = random.doubles(labels).toArray();
    for (int round = 0; round < 3; round++) {
      long[] pairs =
          random
              .longs(purchases, 0, clients)
              .map(row -> row * labels + (long) (labels * Math.pow(random.nextDouble(), 2)))
              .toArray();
      long start = System.nanoTime();
      TargetMatrix targets = TargetMatrix.ofPairs(clients, labels, pairs);
      long built = System.nanoTime();
      TaskScore score = new TaskMetrics(Task.PROPENSITY_SKU, logits, targets, popularity).score();
      long scored = System.nanoTime();
      System.out.printf(
          "%,d clients × %d labels, %,d purchases: matrix %.2f s, metrics %.2f s (AUROC %.4f)%n",
          clients, labels, purchases, (built - start) / 1e9, (scored - built) / 1e9, score.auroc());
    }
  }
}
