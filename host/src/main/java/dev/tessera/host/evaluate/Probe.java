package dev.tessera.host.evaluate;

import dev.tessera.api.PluginContext.Progress;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Learns tasks from embeddings and predicts them. */
interface Probe {

  /**
   * Learns each task from the train target.
   *
   * @param tasks all of which can be scored
   * @param seed of all that is random
   * @param cancelled asked often
   * @param progress counts the tasks that are done
   * @return a fit for each task, in order: the challenge takes the epoch that is best on the
   *     validation target, and so do probes with what takes the place of epochs
   */
  List<Fit> fit(
      EmbeddingMatrix embedding,
      List<TaskData> tasks,
      long seed,
      BooleanSupplier cancelled,
      Progress progress);

  /** Whether another seed gives another result. */
  boolean isRandom();
}
