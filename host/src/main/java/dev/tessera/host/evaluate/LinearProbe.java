package dev.tessera.host.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Logistic regression on standardised columns, all labels of all tasks of the same clients in one
 * fit. The penalty goes from strong to weak; as the challenge takes a network's best epoch, the
 * best of these counts, for each task. Nothing in it is random.
 */
final class LinearProbe implements Probe {

  /** λ, in units of a column's variance; strong enough at first for labels of a few positives. */
  private static final double[] PENALTIES = {10, 1, 0.1, 0.01};

  private static final int EVALUATIONS = 5;

  private final int threads;

  LinearProbe(int threads) {
    this.threads = threads;
  }

  @Override
  public boolean isRandom() {
    return false;
  }

  @Override
  public List<Fit> fit(
      EmbeddingMatrix embedding, List<TaskData> tasks, long seed, BooleanSupplier cancelled) {
    Map<TaskData, Fit> fits = new LinkedHashMap<>();
    List<TaskData> open = new ArrayList<>(tasks);
    while (!open.isEmpty()) {
      int[] rows = open.get(0).rows();
      List<TaskData> together =
          open.stream().filter(task -> Arrays.equals(task.rows(), rows)).toList();
      open.removeAll(together);
      try (Torch torch = Torch.open(threads)) {
        fitTogether(embedding, together, torch, cancelled, fits);
      }
    }
    return tasks.stream().map(fits::get).toList();
  }

  private static void fitTogether(
      EmbeddingMatrix embedding,
      List<TaskData> tasks,
      Torch torch,
      BooleanSupplier cancelled,
      Map<TaskData, Fit> fits) {
    Design design = new Design(embedding, tasks.get(0).rows(), torch);
    LogisticLoss loss =
        new LogisticLoss(design, tasks.stream().map(TaskData::train).toList(), torch, cancelled);
    LogisticSolver solver = new LogisticSolver(loss, design.gram(), torch);
    for (double penalty : PENALTIES) {
      float[] weights = solver.solve(penalty, EVALUATIONS);
      int from = 0;
      for (TaskData task : tasks) {
        int to = from + task.labels();
        fits.merge(task, Fit.of(task, loss.logits(weights, from, to)), Fit::orBetter);
        from = to;
      }
    }
  }
}
