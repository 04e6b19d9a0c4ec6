package dev.tessera.host.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.host.pipeline.StepOutcome.Status;
import dev.tessera.host.plugin.LoadedPlugin;
import dev.tessera.host.plugin.PluginRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which steps run when, and what becomes of those that read a failed one. */
class StepSchedulerTest {

  private static final long PATIENCE_SECONDS = 30;
  private static final long LIMIT = 100;

  @TempDir static Path folder;

  private static PluginRegistry registry;
  private static LoadedPlugin plugin;

  private final List<String> events = new ArrayList<>();

  @BeforeAll
  static void load() {
    registry = PluginRegistry.load(List.of(SamplePlugins.write(folder)));
    plugin = registry.require("tile");
  }

  @AfterAll
  static void close() {
    registry.close();
  }

  @Test
  void startsAStepOnlyWhenAllThatItReadsHasEnded() {
    List<PlannedStep> steps =
        List.of(
            step("a"),
            step("b"),
            step("left", "a"),
            step("right", "a", "b"),
            step("top", "left", "right"));
    Map<String, StepOutcome> outcomes =
        new StepScheduler(3, LIMIT)
            .run(
                steps,
                step -> 1,
                (step, known) -> {
                  assertThat(known.keySet()).as(step.name()).containsAll(step.inputs());
                  return done(step);
                },
                outcome -> events.add(outcome.step()));
    assertThat(outcomes.keySet()).containsExactly("a", "b", "left", "right", "top");
    assertThat(events).containsExactlyInAnyOrder("a", "b", "left", "right", "top");
    assertThat(events.indexOf("top")).isEqualTo(4);
    assertThat(events.indexOf("left")).isGreaterThan(events.indexOf("a"));
    assertThat(events.indexOf("right")).isGreaterThan(events.indexOf("b"));
  }

  @Test
  void runsIndependentStepsSideBySide() {
    CyclicBarrier both = new CyclicBarrier(2);
    Map<String, StepOutcome> outcomes =
        new StepScheduler(2, LIMIT)
            .run(List.of(step("a"), step("b")), step -> 50, meeting(both), outcome -> {});
    assertThat(outcomes.values()).allMatch(outcome -> outcome.status() == Status.DONE);
  }

  @Test
  void runsNoMoreStepsThanItHasLanes() {
    Gauge gauge = new Gauge();
    List<PlannedStep> steps = List.of(step("a"), step("b"), step("c"), step("d"), step("e"));
    new StepScheduler(2, LIMIT).run(steps, step -> 0, gauge.measuring(step -> 1), outcome -> {});
    assertThat(gauge.largest()).isLessThanOrEqualTo(2);
  }

  @Test
  void keepsTheSumOfTheEstimatesUnderTheLimit() {
    Map<String, Long> sizes = Map.of("a", 60L, "b", 60L, "c", 40L, "d", 30L, "e", 100L, "f", 1L);
    List<PlannedStep> steps =
        List.of(step("a"), step("b"), step("c"), step("d"), step("e"), step("f"));
    Gauge gauge = new Gauge();
    Map<String, StepOutcome> outcomes =
        new StepScheduler(6, LIMIT)
            .run(
                steps,
                step -> sizes.get(step.name()),
                gauge.measuring(step -> sizes.get(step.name()).intValue()),
                outcome -> {});
    assertThat(gauge.largest()).isLessThanOrEqualTo((int) LIMIT);
    assertThat(outcomes.values()).allMatch(outcome -> outcome.status() == Status.DONE);
  }

  @Test
  void runsAStepOfUnknownSizeAndOneAboveTheLimitAlone() {
    for (long size : List.of(-1L, LIMIT + 1)) {
      Gauge gauge = new Gauge();
      new StepScheduler(3, LIMIT)
          .run(
              List.of(step("a"), step("odd"), step("b")),
              step -> step.name().equals("odd") ? size : 10,
              gauge.measuring(step -> step.name().equals("odd") ? 1_000 : 1),
              outcome -> {});
      assertThat(gauge.largest()).isEqualTo(1_000);
    }
  }

  @Test
  void endsOnlyThoseThatReadAFailedStep() {
    List<PlannedStep> steps =
        List.of(step("bad"), step("good"), step("reader", "bad", "good"), step("next", "reader"));
    List<String> ran = new ArrayList<>();
    Map<String, StepOutcome> outcomes =
        new StepScheduler(1, LIMIT)
            .run(
                steps,
                step -> 1,
                (step, known) -> {
                  ran.add(step.name());
                  return step.name().equals("bad")
                      ? StepOutcome.without(step, Status.FAILED, "no luck")
                      : done(step);
                },
                outcome -> events.add(outcome.step()));
    assertThat(ran).containsExactlyInAnyOrder("bad", "good");
    assertThat(outcomes.get("good").status()).isEqualTo(Status.DONE);
    assertThat(outcomes.get("reader").status()).isEqualTo(Status.NOT_RUN);
    assertThat(outcomes.get("reader").why()).contains("bad");
    assertThat(outcomes.get("next").why()).contains("reader");
    assertThat(events).containsExactlyInAnyOrder("bad", "good", "reader", "next");
  }

  @Test
  void aSkippedInputKeepsNobodyFromRunning() {
    Map<String, StepOutcome> outcomes =
        new StepScheduler(1, LIMIT)
            .run(
                List.of(step("empty"), step("reader", "empty")),
                step -> 1,
                (step, known) ->
                    step.name().equals("empty")
                        ? StepOutcome.without(step, Status.SKIPPED, "no events")
                        : done(step),
                outcome -> {});
    assertThat(outcomes.get("reader").status()).isEqualTo(Status.DONE);
  }

  @Test
  void aStepWhosePluginCannotEstimateFailsAlone() {
    Map<String, StepOutcome> outcomes =
        new StepScheduler(2, LIMIT)
            .run(
                List.of(step("odd"), step("reader", "odd"), step("good")),
                step -> {
                  if (step.name().equals("odd")) {
                    throw new PluginException(ErrorCode.INTERNAL, "[tile] memoryBytes failed");
                  }
                  return 1;
                },
                (step, known) -> done(step),
                outcome -> events.add(outcome.step()));
    assertThat(outcomes.get("odd").status()).isEqualTo(Status.FAILED);
    assertThat(outcomes.get("odd").why()).isEqualTo("[tile] memoryBytes failed");
    assertThat(outcomes.get("reader").status()).isEqualTo(Status.NOT_RUN);
    assertThat(outcomes.get("good").status()).isEqualTo(Status.DONE);
    assertThat(events).containsExactlyInAnyOrder("odd", "reader", "good");
  }

  @Test
  void aFaultOfTheHostInOneStepIsThatStepsFailure() {
    PlannedStep step = step("a");
    StepOutcome outcome =
        StepOutcome.of(
            step,
            () -> {
              throw new StackOverflowError();
            });
    assertThat(outcome.status()).isEqualTo(Status.FAILED);
    assertThat(outcome.why()).contains("a fault of Tessera itself", "StackOverflowError");
  }

  @Test
  void wantOfMemorySaysWhatToChange() {
    StepOutcome outcome =
        StepOutcome.of(
            step("a"),
            () -> {
              throw new OutOfMemoryError("Java heap space");
            });
    assertThat(outcome.status()).isEqualTo(Status.FAILED);
    assertThat(outcome.why()).contains("Java heap space", "--memory-limit", "--lanes 1");
  }

  /** What is under way at the same time, weighed. */
  private static final class Gauge {
    private final AtomicInteger now = new AtomicInteger();
    private final AtomicInteger largest = new AtomicInteger();

    private interface Weight {
      int of(PlannedStep step);
    }

    BiFunction<PlannedStep, Map<String, StepOutcome>, StepOutcome> measuring(Weight weight) {
      return (step, known) -> {
        largest.accumulateAndGet(now.addAndGet(weight.of(step)), Math::max);
        pause();
        now.addAndGet(-weight.of(step));
        return done(step);
      };
    }

    int largest() {
      return largest.get();
    }

    private static void pause() {
      try {
        TimeUnit.MILLISECONDS.sleep(50); // long enough to meet whoever may run too
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static BiFunction<PlannedStep, Map<String, StepOutcome>, StepOutcome> meeting(
      CyclicBarrier barrier) {
    return (step, known) -> {
      try {
        barrier.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return done(step);
      } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
        return StepOutcome.without(step, Status.FAILED, "met nobody");
      }
    };
  }

  private static PlannedStep step(String name, String... inputs) {
    return new PlannedStep(name, plugin, new NoConfig(), List.of(inputs));
  }

  private static StepOutcome done(PlannedStep step) {
    return new StepOutcome(step.name(), "tile", Status.DONE, Optional.empty(), "");
  }

  private record NoConfig() {}
}
