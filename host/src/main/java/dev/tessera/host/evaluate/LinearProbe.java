package dev.tessera.host.evaluate;

import dev.tessera.api.PluginContext.Progress;
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
  private static final double[] PENALTIES = {1000, 100, 10, 1, 0.1};

  private static final int EVALUATIONS = 4;

  /** Operations of a pass over the data that one thread does in about 50 ms. */
  private static final double SMALL_WORK = 4e9;

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
      EmbeddingMatrix embedding,
      List<TaskData> tasks,
      long seed,
      BooleanSupplier cancelled,
      Progress progress) {
    Map<TaskData, Fit> fits = new LinkedHashMap<>();
    List<TaskData> open = new ArrayList<>(tasks);
    while (!open.isEmpty()) {
      int[] rows = open.get(0).rows();
      List<TaskData> together =
          open.stream().filter(task -> Arrays.equals(task.rows(), rows)).toList();
      open.removeAll(together);
      try (Torch torch = Torch.open("cpu", threads(embedding, together))) {
        fitTogether(embedding, together, torch, cancelled, progress, fits);
        progress.advance(together.size());
      }
    }
    return tasks.stream().map(fits::get).toList();
  }

  /** A second thread costs more than it saves while a pass over the data takes few milliseconds. */
  private int threads(EmbeddingMatrix embedding, List<TaskData> tasks) {
    double labels = tasks.stream().mapToInt(TaskData::labels).sum();
    double operations = 4 * labels * embedding.dimension() * tasks.get(0).rows().length;
    return operations < SMALL_WORK ? 1 : threads;
  }

  private static void fitTogether(
      EmbeddingMatrix embedding,
      List<TaskData> tasks,
      Torch torch,
      BooleanSupplier cancelled,
      Progress progress,
      Map<TaskData, Fit> fits) {
    Design design = new Design(embedding, tasks.get(0).rows(), torch);
    LogisticLoss loss =
        new LogisticLoss(design, tasks.stream().map(TaskData::train).toList(), torch, cancelled);
    LogisticSolver solver = new LogisticSolver(loss, design.gram(), torch);
    for (double penalty : PENALTIES) {
      progress.note("penalty %s".formatted(penalty));
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
