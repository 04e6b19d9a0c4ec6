package dev.tessera.neural;

import ai.djl.ndarray.NDManager;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginException;
import dev.tessera.torch.Precision;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Trains a model with Adam: epochs over shuffled batches, after each the held-out score and a
 * checkpoint; ends after the last epoch or when the score has not become better for a while; the
 * best epoch's weights are the result.
 *
 * <p>A training that was killed or cancelled goes on after its last whole epoch, from {@link
 * PluginContext#checkpointDirectory}, and ends with the same weights as if nothing had happened:
 * all random numbers depend on seed, epoch and batch only.
 */
public final class Trainer {

  private final PluginContext context;
  private final TrainingOptions options;
  private final Facts identity;
  private final Precision precision;
  private final String memoryAdvice;

  /**
   * A trainer for one model.
   *
   * @param identity what a checkpoint must have been made with to be resumed: the configuration,
   *     and what the data gave (vocabulary sizes, clients)
   * @param memoryAdvice which setting lowers the memory, for the message when it does not suffice
   */
  public Trainer(
      PluginContext context, TrainingOptions options, Facts identity, String memoryAdvice) {
    this.context = context;
    this.options = options;
    this.precision = precision(context, options);
    this.identity = identity.with("seed", context.seed()).with("precision", precision.toString());
    this.memoryAdvice = memoryAdvice;
  }

  /**
   * Trains, or goes on training.
   *
   * @param manager of the stage; each batch gets a sub-manager
   * @throws PluginException if the loss is not a number, memory does not suffice, the run was
   *     cancelled, or a checkpoint is of another training
   */
  public TrainingOutcome train(Learner learner, BatchSource batches, NDManager manager) {
    Devices.prepareThread(context);
    Adam adam = MemoryFault.explain(() -> new Adam(learner.parameters(), context), memoryAdvice);
    Checkpoints checkpoints = new Checkpoints(context.checkpointDirectory(), identity);
    TrainingState state =
        checkpoints.resume(learner.parameters(), adam).orElseGet(TrainingState::new);
    int resumed = state.epochs();
    TrainingSpeed speed = new TrainingSpeed(options.epochs() - resumed);
    while (!state.done(options)) {
      double loss = epoch(learner, batches.epoch(state.epochs()), manager, adam, state, speed);
      Evaluation evaluation = evaluate(learner, manager);
      state.add(loss, evaluation);
      checkpoints.write(state, learner.parameters(), adam);
    }
    if (state.bestEpoch() > 0) {
      checkpoints.restoreBest(state, learner.parameters());
    }
    return new TrainingOutcome(
        state.epochs(), state.bestEpoch(), resumed, speed.tokensPerSecond(), state.curves());
  }

  private double epoch(
      Learner learner,
      BatchSource.Epoch epoch,
      NDManager manager,
      Adam adam,
      TrainingState state,
      TrainingSpeed speed) {
    int number = state.epochs();
    double sum = 0;
    long tokens = 0;
    String task = "epoch %d of %d, tokens".formatted(number + 1, options.epochs());
    try (PluginContext.Progress progress = context.progress(task, epoch.tokens())) {
      for (int index = 0; index < epoch.size(); index++) {
        context.checkCancelled();
        TokenBatch batch = epoch.batch(index);
        SplittableRandom random =
            new SplittableRandom(Seeds.mix(Seeds.mix(context.seed(), number), index));
        speed.start();
        double loss = step(learner, batch, manager, random, adam);
        if (!Double.isFinite(loss)) {
          throw notANumber(loss, number + 1, adam.steps() + 1, state);
        }
        adam.step(options.learningRate(), gradientScale(adam));
        speed.add(batch.size());
        sum += loss * batch.size();
        tokens += batch.size();
        progress.advance(batch.size());
        progress.note(
            String.format(
                Locale.ROOT,
                "loss %.4f, %s",
                sum / tokens,
                speed.describe(epoch.tokens() * options.epochs())));
      }
    }
    if (tokens == 0) {
      throw new PluginException(
          ErrorCode.INVALID_DATA,
          "there is no sequence to learn from; no client has enough events");
    }
    return sum / tokens;
  }

  private double step(
      Learner learner, TokenBatch batch, NDManager manager, SplittableRandom random, Adam adam) {
    learner.parameters().zeroGradients();
    String advice =
        "%s (a batch of %d sequences of %d tokens, step %d)"
            .formatted(memoryAdvice, batch.rows(), batch.width(), adam.steps() + 1);
    try (NDManager scope = manager.newSubManager()) {
      return MemoryFault.explain(
          () -> learner.parameters().in(precision, () -> learner.learn(batch, scope, random)),
          advice);
    }
  }

  private static Precision precision(PluginContext context, TrainingOptions options) {
    try {
      return options.precision().on(context.device().equals("cpu"));
    } catch (IllegalArgumentException e) {
      throw new PluginException(ErrorCode.INVALID_CONFIG, "precision: " + e.getMessage(), e);
    }
  }

  private double gradientScale(Adam adam) {
    if (options.clipNorm() == 0) {
      return 1;
    }
    double norm = adam.gradientNorm();
    return norm > options.clipNorm() ? options.clipNorm() / norm : 1;
  }

  private Evaluation evaluate(Learner learner, NDManager manager) {
    try (NDManager scope = manager.newSubManager()) {
      return MemoryFault.explain(() -> learner.evaluate(scope), memoryAdvice);
    }
  }

  private PluginException notANumber(double loss, int epoch, long step, TrainingState state) {
    String kept =
        state.bestEpoch() == 0
            ? "no epoch was finished before"
            : "the weights of the best epoch, %d, are kept in %s"
                .formatted(
                    state.bestEpoch(),
                    new Checkpoints(context.checkpointDirectory(), identity).best(state));
    return new PluginException(
        ErrorCode.INVALID_OUTPUT,
        "the loss became %s at step %d, epoch %d, learning rate %s; lower learning-rate or set clip-norm: 1; %s"
            .formatted(loss, step, epoch, options.learningRate(), kept));
  }
}
