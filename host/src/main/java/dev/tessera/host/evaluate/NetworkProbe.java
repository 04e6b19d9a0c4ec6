package dev.tessera.host.evaluate;

import dev.tessera.api.PluginContext.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The organisers' training: the network of {@link Network}, batches of 128 in the order of the
 * rows, three epochs, the best of which on the validation target counts. One network for each task.
 */
final class NetworkProbe implements Probe {

  static final int BATCH = 128;
  static final int EPOCHS = 3;
  private static final int PREDICTED_AT_ONCE = 1024;

  private final int thin;
  private final int wide;
  private final String device;
  private final int threads;

  NetworkProbe(int thin, int wide, String device, int threads) {
    this.thin = thin;
    this.wide = wide;
    this.device = device;
    this.threads = threads;
  }

  @Override
  public boolean isRandom() {
    return true;
  }

  @Override
  public List<Fit> fit(
      EmbeddingMatrix embedding,
      List<TaskData> tasks,
      long seed,
      BooleanSupplier cancelled,
      Progress progress) {
    List<Fit> fits = new ArrayList<>();
    for (TaskData task : tasks) {
      fits.add(fit(embedding, task, seed, cancelled, progress));
      progress.advance(1);
    }
    return fits;
  }

  private Fit fit(
      EmbeddingMatrix embedding,
      TaskData task,
      long seed,
      BooleanSupplier cancelled,
      Progress progress) {
    int rows = task.rows().length;
    Fit best = null;
    try (Network network =
        new Network(embedding.dimension(), thin, wide, task.labels(), seed, device, threads)) {
      for (int epoch = 0; epoch < EPOCHS; epoch++) {
        for (int from = 0; from < rows; from += BATCH) {
          Evaluations.check(cancelled);
          show(progress, task, epoch, from);
          int count = Math.min(BATCH, rows - from);
          network.train(read(embedding, task, from, count), count, task.train(), from);
        }
        Fit fit = Fit.of(task, predict(network, embedding, task, cancelled));
        best = best == null ? fit : best.orBetter(fit);
      }
    }
    return best;
  }

  /** One fit may take minutes, in which nothing is counted. */
  private static void show(Progress progress, TaskData task, int epoch, int row) {
    progress.note(
        "%s, epoch %d of %d, client %,d of %,d"
            .formatted(task.task().label(), epoch + 1, EPOCHS, row, task.rows().length));
  }

  private static float[] predict(
      Network network, EmbeddingMatrix embedding, TaskData task, BooleanSupplier cancelled) {
    int rows = task.rows().length;
    float[] logits = new float[Math.multiplyExact(rows, task.labels())];
    for (int from = 0; from < rows; from += PREDICTED_AT_ONCE) {
      Evaluations.check(cancelled);
      int count = Math.min(PREDICTED_AT_ONCE, rows - from);
      network.predict(read(embedding, task, from, count), count, logits, from * task.labels());
    }
    return logits;
  }

  private static float[] read(EmbeddingMatrix embedding, TaskData task, int from, int count) {
    float[] values = new float[count * embedding.dimension()];
    for (int i = 0; i < count; i++) {
      embedding.read(task.rows()[from + i], values, i * embedding.dimension());
    }
    return values;
  }
}
