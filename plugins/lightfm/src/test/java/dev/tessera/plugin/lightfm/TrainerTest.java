package dev.tessera.plugin.lightfm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginException;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.plugin.lightfm.LightFmConfig.ClientFeatures;
import dev.tessera.plugin.lightfm.LightFmConfig.Loss;
import dev.tessera.plugin.lightfm.LightFmConfig.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrainerTest {

  private static final int CLIENTS = 900;
  private static final int SKUS = 700;

  @ParameterizedTest
  @EnumSource(Schedule.class)
  void givesTheSameBytesForAnyNumberOfThreads(Schedule schedule) {
    for (boolean features : new boolean[] {false, true}) {
      List<float[]> expected = weights(1, schedule, features);
      List<float[]> actual = weights(3, schedule, features);
      for (int i = 0; i < expected.size(); i++) {
        assertThat(actual.get(i)).isEqualTo(expected.get(i));
      }
    }
  }

  private static List<float[]> weights(int threads, Schedule schedule, boolean features) {
    try (TestContext context = new TestContext(threads, 5);
        PluginContext.Progress progress = context.progress("pairs", 1)) {
      Trainer trainer = trainer(schedule, features, context);
      for (int epoch = 1; epoch <= 3; epoch++) {
        trainer.epoch(epoch, progress);
      }
      return trainer.weights();
    }
  }

  @Test
  void goesOnFromACheckpointToTheSameBytes() {
    List<float[]> expected = weights(2, Schedule.ADAGRAD, true);
    try (TestContext context = new TestContext(2, 5);
        PluginContext.Progress progress = context.progress("pairs", 1)) {
      Trainer first = trainer(Schedule.ADAGRAD, true, context);
      Checkpoint kept = new Checkpoint(context.checkpointDirectory(), first.weights());
      assertThat(kept.resume()).isEmpty();
      List<Double> curve = new ArrayList<>();
      curve.add(first.epoch(1, progress));
      kept.keep(curve);

      Trainer second = trainer(Schedule.ADAGRAD, true, context);
      Checkpoint found = new Checkpoint(context.checkpointDirectory(), second.weights());
      assertThat(found.resume()).isEqualTo(curve);
      second.weightsWereSet();
      second.epoch(2, progress);
      second.epoch(3, progress);
      for (int i = 0; i < expected.size(); i++) {
        assertThat(second.weights().get(i)).isEqualTo(expected.get(i));
      }
    }
  }

  @Test
  void anotherTrainingsCheckpointIsRefused() {
    try (TestContext context = new TestContext(1, 5)) {
      Trainer first = trainer(Schedule.ADAGRAD, true, context);
      new Checkpoint(context.checkpointDirectory(), first.weights()).keep(List.of(0.5));
      Trainer other = trainer(Schedule.ADAGRAD, false, context);
      Checkpoint kept = new Checkpoint(context.checkpointDirectory(), other.weights());
      assertThatThrownBy(kept::resume)
          .isInstanceOfSatisfying(
              PluginException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.INCOMPATIBLE_MODEL))
          .hasMessageContaining("delete " + context.checkpointDirectory());
    }
  }

  @Test
  void stopsWhenCancelled() {
    try (TestContext context = new TestContext(1, 5);
        PluginContext.Progress progress = context.progress("pairs", 1)) {
      Trainer trainer = trainer(Schedule.ADAGRAD, true, context);
      context.cancel();
      assertThatThrownBy(() -> trainer.epoch(1, progress))
          .isInstanceOfSatisfying(
              PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
    }
  }

  @Test
  void everyPairIsDealtOnceAndNoTwoTasksOfARoundShareAClientOrSku() {
    Pairs pairs = pairs();
    Strata strata = new Strata(pairs, 5);
    try (TestContext context = new TestContext()) {
      strata.deal(3, 1, context);
      boolean[] seen = new boolean[pairs.size()];
      for (int round = 0; round < 5; round++) {
        int[] taskOfClient = new int[pairs.clients()];
        int[] taskOfSku = new int[pairs.skuCount()];
        for (int task = 0; task < 5; task++) {
          int group = strata.skuGroup(round, task);
          for (int i = strata.groupStart(group); i < strata.groupStart(group + 1); i++) {
            assertThat(taskOfSku[strata.skus()[i]]).isZero();
            taskOfSku[strata.skus()[i]] = task + 1;
          }
          for (int i = strata.start(round, task); i < strata.end(round, task); i++) {
            int pair = strata.order()[i];
            int client = strata.clientOfPair()[pair];
            assertThat(seen[pair]).isFalse();
            seen[pair] = true;
            assertThat(taskOfClient[client]).isIn(0, task + 1);
            taskOfClient[client] = task + 1;
            assertThat(taskOfSku[pairs.skus()[pair]]).isEqualTo(task + 1);
            assertThat(pair).isBetween(pairs.starts()[client], pairs.starts()[client + 1] - 1);
          }
        }
      }
      assertThat(seen).doesNotContain(false);
    }
  }

  private static Trainer trainer(Schedule schedule, boolean features, TestContext context) {
    LightFmConfig config =
        LightFmConfigs.of(
            LightFmConfigs.EVENTS,
            LightFmConfig.Clients.RELEVANT,
            new ClientFeatures(true, 255),
            LightFmConfigs.ALL,
            Loss.WARP,
            schedule,
            20,
            3);
    SplittableRandom random = new SplittableRandom(8);
    Features clients = Features.identities(CLIENTS);
    Features skus = Features.identities(SKUS);
    if (features) {
      clients = new Features(CLIENTS, true, 16, numbers(CLIENTS, 16, random), 0, new int[0]);
      int[] category = random.ints(SKUS, -1, 40).toArray();
      skus = new Features(SKUS, true, 17, numbers(SKUS, 17, random), 40, category);
    }
    return new Trainer(config, pairs(), clients, skus, context);
  }

  private static float[] numbers(int rows, int count, SplittableRandom random) {
    int stride = Rows.stride(count);
    float[] numbers = new float[rows * stride];
    for (int row = 0; row < rows; row++) {
      for (int f = 0; f < count; f++) {
        numbers[row * stride + f] = (float) random.nextDouble();
      }
    }
    return numbers;
  }

  private static Pairs pairs() {
    SplittableRandom random = new SplittableRandom(4);
    int[] starts = new int[CLIENTS + 1];
    List<Integer> columns = new ArrayList<>();
    for (int client = 0; client < CLIENTS; client++) {
      TreeSet<Integer> skus = new TreeSet<>();
      for (int i = 0; i < 9; i++) {
        skus.add(random.nextInt(SKUS / 3) * 3 + client % 3);
      }
      columns.addAll(skus);
      starts[client + 1] = columns.size();
    }
    float[] weights = new float[columns.size()];
    java.util.Arrays.fill(weights, 0.7f);
    int[] skus = columns.stream().mapToInt(sku -> Math.min(sku, SKUS - 1)).toArray();
    return new Pairs(SKUS, starts, skus, weights);
  }
}
