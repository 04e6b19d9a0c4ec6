package dev.tessera.host.pipeline;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.host.data.DataSource.Mode;
import dev.tessera.host.data.EventStore;
import dev.tessera.host.pipeline.StepOutcome.Status;
import dev.tessera.host.store.EmbeddingFolder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Runs a plan on an event store: takes from the cache what is there, trains the rest, and puts
 * every result into the run's folder as soon as it is whole.
 */
final class Run {

  private final RunPlan plan;
  private final EventStore store;
  private final Mode mode;
  private final RunSettings settings;
  private final RunFolder out;
  private final StepCache cache;
  private final Map<String, CacheKey> keys = new ConcurrentHashMap<>();

  /**
   * A run; nothing happens yet.
   *
   * @param store outlives the run
   * @param out prepared
   */
  Run(
      RunPlan plan,
      EventStore store,
      Mode mode,
      RunSettings settings,
      RunFolder out,
      Path workspace) {
    this.plan = plan;
    this.store = store;
    this.mode = mode;
    this.settings = settings;
    this.out = out;
    this.cache = new StepCache(workspace);
  }

  /**
   * Runs every step.
   *
   * @param allocator parent of each step's allocator
   * @param listener told of each outcome, from the step's thread
   * @return an outcome for each step of the plan; failures are among them, not thrown
   */
  List<StepOutcome> execute(
      BufferAllocator allocator, MemoryProbe probe, Consumer<StepOutcome> listener) {
    EventLog log = store.log();
    StepRunner runner = new StepRunner(log, clients(log, mode), settings, allocator, probe);
    Map<String, StepOutcome> outcomes =
        new StepScheduler(settings.lanes(), settings.memoryBytes())
            .run(
                plan.steps(),
                step -> step.plugin().memoryBytes(step.config(), log),
                (step, known) -> attempt(runner, step, known),
                listener);
    return List.copyOf(outcomes.values());
  }

  /** The clients that a run writes: all relevant ones, or in local mode those with an event. */
  static ClientSelection clients(EventLog log, Mode mode) {
    ClientSelection relevant = log.relevantClients();
    if (mode == Mode.SUBMIT) {
      return relevant;
    }
    int[] indices = log.indexOf(relevant);
    long[] withEvents = new long[indices.length];
    int count = 0;
    for (int i = 0; i < indices.length; i++) {
      int client = indices[i];
      for (EventKind kind : EventKind.values()) {
        if (client >= 0 && log.events(kind).end(client) > log.events(kind).start(client)) {
          withEvents[count++] = relevant.id(i);
          break;
        }
      }
    }
    return ClientSelection.of(Arrays.copyOf(withEvents, count));
  }

  private StepOutcome attempt(StepRunner runner, PlannedStep step, Map<String, StepOutcome> known) {
    return StepOutcome.of(
        step,
        () -> {
          if (settings.cancelled().getAsBoolean()) {
            return StepOutcome.without(step, Status.NOT_RUN, "the run was cancelled");
          }
          return nothingToRead(step, known)
              .map(why -> StepOutcome.without(step, Status.SKIPPED, why))
              .orElseGet(() -> takeOrTrain(runner, step, known));
        });
  }

  private Optional<String> nothingToRead(PlannedStep step, Map<String, StepOutcome> known) {
    if (step.isMerge()) {
      boolean any =
          step.inputs().stream()
              .anyMatch(name -> known.containsKey(name) && known.get(name).status().hasResult());
      return any ? Optional.empty() : Optional.of("none of its inputs has a result");
    }
    Set<EventKind> reads = step.plugin().reads(step.config());
    boolean any = reads.stream().anyMatch(kind -> store.log().events(kind).rows() > 0);
    return any || reads.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "no events of its kinds: "
                + reads.stream()
                    .map(EventKind::tableName)
                    .sorted()
                    .collect(Collectors.joining(", ")));
  }

  private StepOutcome takeOrTrain(
      StepRunner runner, PlannedStep step, Map<String, StepOutcome> known) {
    Map<String, CacheKey> inputKeys = new LinkedHashMap<>();
    Map<String, EmbeddingFolder> inputs = new LinkedHashMap<>();
    for (String name : step.inputs()) {
      StepOutcome outcome = known.get(name);
      if (outcome != null && outcome.status().hasResult()) {
        inputKeys.put(name, keys.get(name));
        inputs.put(name, cache.folder(keys.get(name)));
      }
    }
    CacheKey key = CacheKey.of(step, settings.seed(), store.fingerprint() + ' ' + mode, inputKeys);
    keys.put(step.name(), key);
    boolean cached = cache.has(key);
    if (!cached) {
      train(runner, step, key, inputs);
    }
    EmbeddingFolder result = cache.folder(key);
    out.place(mode, step.name(), result);
    return StepOutcome.with(step, cached ? Status.CACHED : Status.DONE, StepRecord.read(result));
  }

  private void train(
      StepRunner runner, PlannedStep step, CacheKey key, Map<String, EmbeddingFolder> inputs) {
    EmbeddingFolder aside = cache.aside(key);
    try {
      StepTask task = new StepTask(step, key, aside, inputs, cache.checkpoint(key));
      runner.train(task).write(aside);
      cache.commit(aside, key);
    } finally {
      Folders.delete(aside.path());
    }
  }
}
