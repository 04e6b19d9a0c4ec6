package dev.tessera.host.evaluate;

import dev.tessera.host.progress.ProgressDisplay;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Times the logistic probe on all six tasks of random data. Arguments: clients, columns, threads.
 *
 * <p>{@code java -Xmx4g -cp … dev.tessera.host.evaluate.LinearProbeBenchmark 100000 1061 2}
 */
final class LinearProbeBenchmark {

  private static final int LABELS = 100;

  private LinearProbeBenchmark() {}

  public static void main(String[] arguments) {
    int clients = Integer.parseInt(arguments[0]);
    int columns = Integer.parseInt(arguments[1]);
    Random random = new Random(1);
    float[] values = new float[Math.multiplyExact(clients, columns)];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    EmbeddingMatrix embedding = EmbeddingMatrix.of("random", new long[clients], columns, values);
    List<TaskData> tasks = new ArrayList<>();
    for (Task task : Task.all()) {
      int[] rows =
          IntStream.range(0, clients).filter(row -> task != Task.CHURN || row % 2 == 0).toArray();
      int labels = task.isPropensity() ? LABELS : 1;
      double[] popularity = task.isPropensity() ? random.doubles(LABELS).toArray() : new double[0];
      tasks.add(
          new TaskData(
              task,
              rows,
              targets(rows.length, labels, random),
              targets(rows.length, labels, random),
              popularity,
              Optional.empty()));
    }
    Probe probe = new LinearProbe(Integer.parseInt(arguments[2]));
    for (int round = 0; round < 2; round++) {
      long start = System.nanoTime();
      List<Fit> fits =
          probe.fit(embedding, tasks, 1, () -> false, ProgressDisplay.silent().start("", "", 0));
      System.out.printf(
          "%,d clients × %d columns, six tasks: %.1f s (scores %s)%n",
          clients,
          columns,
          (System.nanoTime() - start) / 1e9,
          Arrays.toString(fits.stream().mapToDouble(fit -> fit.score().score()).toArray()));
    }
  }

  /** About one client in five has a label. */
  private static TargetMatrix targets(int rows, int labels, Random random) {
    long[] pairs = random.longs(rows / 5, 0, (long) rows * labels).toArray();
    return TargetMatrix.ofPairs(rows, labels, pairs);
  }
}
