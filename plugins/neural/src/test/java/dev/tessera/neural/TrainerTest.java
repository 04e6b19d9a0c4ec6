package dev.tessera.neural;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.torch.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TrainerTest {

  private static final TrainingOptions OPTIONS =
      new TrainingOptions(6, 10, 0.05, 0, Precision.FLOAT32);
  private static final Facts IDENTITY = new Facts(Map.of("width", "6"));
  private static final String ADVICE = "lower batch-tokens (now 64)";

  private final TestContext context = new TestContext(2, 7);
  private final NDManager manager = Devices.open(context);

  @AfterEach
  void close() {
    manager.close();
    context.close();
  }

  private static ShuffledBatches batches(int clients, int perBatch) {
    return new ShuffledBatches(
        NextTokenLearner.cycles(),
        IntStream.range(0, clients).toArray(),
        new BatchOptions(perBatch, 64),
        3);
  }

  private NextTokenLearner learner(TestContext of) {
    return new NextTokenLearner(manager, of, batches(20, 8).epoch(0));
  }

  private TrainingOutcome train(TestContext of, Learner learner, TrainingOptions options) {
    return new Trainer(of, options, IDENTITY, ADVICE).train(learner, batches(60, 8), manager);
  }

  @Test
  void learnsAndKeepsTheBestEpoch() {
    NextTokenLearner learner = learner(context);
    TrainingOutcome outcome =
        train(context, learner, new TrainingOptions(20, 20, 0.1, 1, Precision.FLOAT32));
    assertThat(outcome.best("accuracy")).isEqualTo(1);
    double kept = learner.evaluate(manager).cost();
    assertThat(kept)
        .isEqualTo(
            outcome.curves().get("held-out loss").stream()
                .mapToDouble(Double::doubleValue)
                .min()
                .orElseThrow());
  }

  @Test
  void endsWhenNoEpochGetsBetter() {
    NextTokenLearner learner = learner(context);
    // steps far too long: after some epochs it only jumps about
    TrainingOutcome outcome =
        train(context, learner, new TrainingOptions(500, 3, 0.5, 0, Precision.FLOAT32));
    assertThat(outcome.epochs()).isEqualTo(outcome.bestEpoch() + 3);
  }

  /** Fails as a killed process would: in the middle of an epoch. */
  private static final class Interrupted extends RuntimeException {}

  @Test
  void goesOnAfterAnInterruptionToTheSameBytes() {
    NextTokenLearner whole = learner(context);
    train(context, whole, OPTIONS);
    try (TestContext other = new TestContext(2, 7)) {
      NextTokenLearner cut =
          new NextTokenLearner(manager, other, batches(20, 8).epoch(0)) {
            private int steps;

            @Override
            public double learn(TokenBatch batch, NDManager scope, SplittableRandom random) {
              if (++steps == batches(60, 8).epoch(0).size() * 3 + 4) {
                throw new Interrupted();
              }
              return super.learn(batch, scope, random);
            }
          };
      assertThatThrownBy(() -> train(other, cut, OPTIONS)).isInstanceOf(Interrupted.class);
      NextTokenLearner resumed = learner(other);
      TrainingOutcome outcome = train(other, resumed, OPTIONS);
      assertThat(outcome.resumedAfter()).isEqualTo(3);
      assertThat(outcome.curves().get("held-out loss")).hasSize(6);
      assertSame(resumed.parameters().copy(), whole.parameters().copy());
    }
  }

  private static void assertSame(List<float[]> actual, List<float[]> wanted) {
    for (int i = 0; i < wanted.size(); i++) {
      assertThat(actual.get(i)).isEqualTo(wanted.get(i));
    }
  }

  @Test
  void stopsAtOnceWhenCancelledAndCanGoOn() {
    NextTokenLearner learner =
        new NextTokenLearner(manager, context, batches(20, 8).epoch(0)) {
          private int steps;

          @Override
          public double learn(TokenBatch batch, NDManager scope, SplittableRandom random) {
            if (++steps == 3) {
              context.cancel();
            }
            assertThat(steps).isLessThanOrEqualTo(3);
            return super.learn(batch, scope, random);
          }
        };
    assertThatThrownBy(() -> train(context, learner, OPTIONS))
        .isInstanceOfSatisfying(
            PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
  }

  @Test
  void saysWhereTheLossBecameNoNumberAndKeepsTheBestWeights() throws IOException {
    NextTokenLearner learner =
        new NextTokenLearner(manager, context, batches(20, 8).epoch(0)) {
          private int steps;

          @Override
          public double learn(TokenBatch batch, NDManager scope, SplittableRandom random) {
            double loss = super.learn(batch, scope, random);
            return ++steps > 2 * batches(60, 8).epoch(0).size() + 1 ? Double.NaN : loss;
          }
        };
    int perEpoch = batches(60, 8).epoch(0).size();
    assertThatThrownBy(() -> train(context, learner, OPTIONS))
        .isInstanceOf(PluginException.class)
        .hasMessageContaining(
            "became NaN at step %d, epoch 3, learning rate 0.05; lower learning-rate"
                .formatted(2 * perEpoch + 2))
        .hasMessageContaining("the weights of the best epoch, 2, are kept in");
    Path best = context.checkpointDirectory().resolve("best-2");
    assertThat(Files.exists(best.resolve("table.npy"))).isTrue();
  }

  @Test
  void refusesACheckpointOfAnotherConfigurationAndNamesTheDifference() {
    train(context, learner(context), new TrainingOptions(1, 1, 0.05, 0, Precision.FLOAT32));
    Facts other = new Facts(Map.of("width", "8"));
    assertThatThrownBy(
            () ->
                new Trainer(context, OPTIONS, other, ADVICE)
                    .train(learner(context), batches(60, 8), manager))
        .isInstanceOfSatisfying(
            PluginException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INCOMPATIBLE_MODEL))
        .hasMessageContaining("was made with width 6, wanted 8; delete");
  }

  @Test
  void refusesACheckpointOfAnotherFormat() throws IOException {
    train(context, learner(context), new TrainingOptions(1, 1, 0.05, 0, Precision.FLOAT32));
    Path facts = context.checkpointDirectory().resolve("epoch-1/made-with.txt");
    String text = Files.readString(facts);
    Files.writeString(facts, text.replace("checkpoint-format = 1", "checkpoint-format = 0"));
    assertThatThrownBy(() -> train(context, learner(context), OPTIONS))
        .hasMessageContaining("was made with checkpoint-format 0, wanted 1");
  }

  @Test
  void saysWhichSettingLowersTheMemory() {
    NextTokenLearner learner =
        new NextTokenLearner(manager, context, batches(20, 8).epoch(0)) {
          @Override
          public double learn(TokenBatch batch, NDManager scope, SplittableRandom random) {
            // four times what any address space has
            scope.zeros(new ai.djl.ndarray.types.Shape(1L << 31, 1L << 27));
            return 0;
          }
        };
    assertThatThrownBy(() -> train(context, learner, OPTIONS))
        .isInstanceOfSatisfying(
            PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY))
        .hasMessageContaining(ADVICE);
  }

  @Test
  void saysThatThereIsNothingToLearnFrom() {
    assertThatThrownBy(
            () ->
                new Trainer(context, OPTIONS, IDENTITY, ADVICE)
                    .train(learner(context), batches(0, 8), manager))
        .hasMessageContaining("no sequence to learn from");
  }
}
