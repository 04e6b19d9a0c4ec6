package dev.tessera.neural.testkit;

import ai.djl.ndarray.NDManager;
import dev.tessera.api.PluginContext;
import dev.tessera.api.testkit.SpeedMeter;
import dev.tessera.neural.Adam;
import dev.tessera.neural.BatchSource;
import dev.tessera.neural.Learner;
import dev.tessera.neural.TokenBatch;
import dev.tessera.torch.Precision;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;

/** Steps of training without epochs, checkpoints and judgement around them. */
public final class TrainingSteps {

  private final Learner learner;
  private final NDManager manager;
  private final Precision precision;
  private final Adam adam;

  /**
   * Starts with the learner's weights as they are.
   *
   * @param manager of the stage
   * @param precision of products, FLOAT32 or BFLOAT16
   */
  public TrainingSteps(
      Learner learner, NDManager manager, PluginContext context, Precision precision) {
    this.learner = learner;
    this.manager = manager;
    this.precision = precision;
    this.adam = new Adam(learner.parameters(), context);
  }

  /** Learns from a batch. */
  public void learn(TokenBatch batch, long seed) {
    learner.parameters().zeroGradients();
    try (NDManager scope = manager.newSubManager()) {
      learner
          .parameters()
          .in(precision, () -> learner.learn(batch, scope, new SplittableRandom(seed)));
    }
    adam.step(0.001, 1);
  }

  /**
   * Prints how many tokens it learns from in a second, and how many are embedded.
   *
   * @param epoch its batches, over and over
   * @param seconds of training; a third of them, but 5 at least, of embedding
   * @param embed embeds a batch with arrays of a manager that is then closed
   */
  public void measure(
      BatchSource.Epoch epoch, int seconds, BiConsumer<TokenBatch, NDManager> embed) {
    SpeedMeter.measure(
        "training",
        "tokens",
        seconds,
        index -> {
          TokenBatch batch = epoch.batch(index % epoch.size());
          learn(batch, index);
          return batch.size();
        });
    SpeedMeter.measure(
        "embedding",
        "tokens",
        Math.max(5, seconds / 3),
        index -> {
          TokenBatch batch = epoch.batch(index % epoch.size());
          try (NDManager scope = manager.newSubManager()) {
            embed.accept(batch, scope);
          }
          return batch.size();
        });
  }
}
