package dev.tessera.host.pipeline;

import dev.tessera.api.PluginException;
import dev.tessera.host.pipeline.StepOutcome.Status;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * Runs steps as soon as what they read is there: at most so many side by side, and only while the
 * sum of their memory estimates stays under the limit. A step whose estimate is unknown or above
 * the limit runs alone. A failed step ends only those that read it.
 */
final class StepScheduler {

  private final int lanes;
  private final long memoryBytes;

  StepScheduler(int lanes, long memoryBytes) {
    this.lanes = lanes;
    this.memoryBytes = memoryBytes;
  }

  /**
   * Runs all steps.
   *
   * @param steps every step after those it reads
   * @param estimate bytes of a step, or a negative number if unknown; a step fails by the
   *     PluginException that it throws
   * @param body runs one step, given the outcomes of all steps that have ended; throws nothing
   * @param listener told of each outcome as it comes, from the caller's thread
   * @return an outcome for each step, in the order of {@code steps}
   */
  Map<String, StepOutcome> run(
      List<PlannedStep> steps,
      ToLongFunction<PlannedStep> estimate,
      BiFunction<PlannedStep, Map<String, StepOutcome>, StepOutcome> body,
      Consumer<StepOutcome> listener) {
    Map<String, StepOutcome> outcomes = new LinkedHashMap<>();
    List<PlannedStep> waiting = new ArrayList<>(steps);
    Map<String, Long> running = new LinkedHashMap<>();
    ExecutorService threads = Executors.newFixedThreadPool(lanes, StepScheduler::thread);
    try {
      CompletionService<StepOutcome> finished = new ExecutorCompletionService<>(threads);
      while (!waiting.isEmpty() || !running.isEmpty()) {
        for (StepOutcome blocked : start(waiting, running, outcomes, estimate, body, finished)) {
          outcomes.put(blocked.step(), blocked);
          listener.accept(blocked);
        }
        if (!running.isEmpty()) {
          StepOutcome outcome = take(finished);
          running.remove(outcome.step());
          outcomes.put(outcome.step(), outcome);
          listener.accept(outcome);
        }
      }
    } finally {
      threads.shutdown();
    }
    Map<String, StepOutcome> ordered = new LinkedHashMap<>();
    steps.forEach(step -> ordered.put(step.name(), outcomes.get(step.name())));
    return ordered;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // taken from the completion service
  private List<StepOutcome> start(
      List<PlannedStep> waiting,
      Map<String, Long> running,
      Map<String, StepOutcome> outcomes,
      ToLongFunction<PlannedStep> estimate,
      BiFunction<PlannedStep, Map<String, StepOutcome>, StepOutcome> body,
      CompletionService<StepOutcome> finished) {
    List<StepOutcome> ended = new ArrayList<>();
    for (PlannedStep step : List.copyOf(waiting)) {
      if (waitsForInput(step, waiting, running)) {
        continue;
      }
      Optional<StepOutcome> blocked = blocked(step, outcomes);
      long charged = 0;
      if (blocked.isEmpty()) {
        try {
          long bytes = estimate.applyAsLong(step);
          charged = bytes < 0 ? memoryBytes : bytes;
        } catch (PluginException e) { // a step whose size its plugin cannot tell fails alone
          blocked = Optional.of(StepOutcome.without(step, Status.FAILED, e.getMessage()));
        }
      }
      if (blocked.isPresent()) {
        waiting.remove(step);
        ended.add(blocked.get());
        return ended; // first told of, then those that wait for it
      }
      if (fits(charged, running)) {
        waiting.remove(step);
        running.put(step.name(), charged);
        Map<String, StepOutcome> known = Map.copyOf(outcomes);
        finished.submit(() -> body.apply(step, known));
      }
    }
    return ended;
  }

  private boolean fits(long bytes, Map<String, Long> running) {
    long used = running.values().stream().mapToLong(Long::longValue).sum();
    return running.isEmpty() || (running.size() < lanes && used + bytes <= memoryBytes);
  }

  private static boolean waitsForInput(
      PlannedStep step, List<PlannedStep> waiting, Map<String, Long> running) {
    return step.inputs().stream()
        .anyMatch(
            input ->
                running.containsKey(input)
                    || waiting.stream().anyMatch(other -> other.name().equals(input)));
  }

  private static Optional<StepOutcome> blocked(
      PlannedStep step, Map<String, StepOutcome> outcomes) {
    for (String input : step.inputs()) {
      StepOutcome outcome = outcomes.get(input);
      if (outcome != null
          && (outcome.status() == Status.FAILED || outcome.status() == Status.NOT_RUN)) {
        return Optional.of(
            StepOutcome.without(
                step, Status.NOT_RUN, "it reads step %s, which has no result".formatted(input)));
      }
    }
    return Optional.empty();
  }

  private static StepOutcome take(CompletionService<StepOutcome> finished) {
    boolean interrupted = false;
    while (true) {
      try {
        StepOutcome outcome = finished.take().get();
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
        return outcome;
      } catch (InterruptedException e) {
        interrupted = true; // steps watch for cancellation themselves
      } catch (ExecutionException e) {
        throw new IllegalStateException("a step's body throws nothing", e);
      }
    }
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "step");
    thread.setDaemon(true);
    return thread;
  }
}
