package dev.tessera.host.pipeline;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.FileFault;
import dev.tessera.api.PluginException;
import dev.tessera.api.Stage;
import dev.tessera.host.data.DataSource;
import dev.tessera.host.plugin.PluginRegistry;
import dev.tessera.host.progress.ProgressDisplay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.arrow.memory.BufferAllocator;

/**
 * All saved models of a run, opened once and kept, to be applied again and again without a file or
 * a process between. A stage is used by one thread at a time; see {@link Stage}.
 */
public final class OpenedRun implements AutoCloseable {

  private final SavedRun saved;
  private final List<String> warnings;
  private final Path scratch;
  private final Map<String, OpenedStep> steps = new LinkedHashMap<>();
  private final Map<String, String> missing = new LinkedHashMap<>();

  /** What is closed, in this order: a stage before its context. */
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  /**
   * An opened step.
   *
   * @param name the step's name
   * @param plugin the plugin's id
   * @param stage a model or a merge; owned by the run
   * @param dimension D
   * @param columnNames D names, or empty
   * @param inputs the steps whose embeddings it reads, in order
   */
  public record OpenedStep(
      String name,
      String plugin,
      Stage stage,
      int dimension,
      List<String> columnNames,
      List<String> inputs) {}

  /**
   * How the models are to run.
   *
   * @param threads that a stage may use
   * @param device {@code cpu} or {@code cuda:N}
   * @param cancelled asked often while a stage works; true ends that work
   */
  public record Setting(int threads, String device, BooleanSupplier cancelled) {}

  private OpenedRun(SavedRun saved, List<String> warnings, Path scratch) {
    this.saved = saved;
    this.warnings = List.copyOf(warnings);
    this.scratch = scratch;
  }

  /**
   * Opens every step that has a model.
   *
   * @param run the output folder of a run
   * @param plugins open for as long as the result is
   * @param allocator parent of each stage's allocator; outlives the result
   * @throws PluginException if the folder holds no run, no step of it has a saved model, or a model
   *     cannot be opened
   */
  public static OpenedRun open(
      Path run, PluginRegistry plugins, Setting setting, BufferAllocator allocator) {
    SavedRun saved = SavedRun.open(new RunFolder(run));
    List<PlannedStep> planned = saved.steps(plugins);
    OpenedRun opened = new OpenedRun(saved, saved.versionWarnings(planned), scratchFolder());
    try {
      RunSettings settings =
          new RunSettings(
              saved.manifest().resources().seed(),
              setting.threads(),
              1,
              allocator.getLimit(),
              setting.device(),
              ProgressDisplay.silent(),
              setting.cancelled());
      planned.forEach(step -> opened.add(step, settings, allocator));
      if (opened.steps.isEmpty()) {
        throw new PluginException(
            ErrorCode.INVALID_INPUT,
            "%s: no step has a saved model to embed with: run it again with `tessera run`"
                .formatted(run));
      }
      return opened;
    } catch (RuntimeException | Error e) {
      opened.close();
      throw e;
    }
  }

  /** The step of a name. */
  public Optional<OpenedStep> find(String name) {
    return Optional.ofNullable(steps.get(name));
  }

  /** All opened steps, each after those it reads. */
  public List<OpenedStep> steps() {
    return List.copyOf(steps.values());
  }

  /** The steps that could not be opened, and why. */
  public Map<String, String> missing() {
    return Map.copyOf(missing);
  }

  /** What the user should know, one line each. */
  public List<String> warnings() {
    return warnings;
  }

  /** How the run's result of a step was made. */
  public StepRecord record(String step) {
    return saved.record(step);
  }

  /** The data that the run was trained on, which may have gone since. */
  public DataSource data() {
    return new DataSource(
        Path.of(saved.manifest().data().folder()), saved.manifest().data().mode());
  }

  private void add(PlannedStep step, RunSettings settings, BufferAllocator allocator) {
    Optional<String> why = unusable(step);
    if (why.isPresent()) {
      missing.put(step.name(), why.get());
      return;
    }
    Path folder = scratch.resolve(step.name());
    StepContext context =
        new StepContext(
            step, settings, allocator, folder.resolve("scratch"), folder.resolve("checkpoint"));
    open.push(context);
    Stage stage = step.plugin().open(step.config(), saved.model(step.name()), context);
    open.push(stage);
    steps.put(
        step.name(),
        new OpenedStep(
            step.name(),
            step.plugin().id(),
            stage,
            stage.dimension(),
            stage.columnNames(),
            step.inputs()));
  }

  private Optional<String> unusable(PlannedStep step) {
    if (!Files.isDirectory(saved.model(step.name()))) {
      return Optional.of("it has no saved model: there is no " + saved.model(step.name()));
    }
    return step.inputs().stream()
        .filter(input -> !steps.containsKey(input))
        .findFirst()
        .map(input -> "it reads %s, which has no saved model".formatted(input));
  }

  private static Path scratchFolder() {
    try {
      return Files.createTempDirectory("tessera-live-");
    } catch (IOException e) {
      throw new PluginException(
          ErrorCode.IO, "no folder for temporary files can be made: " + FileFault.reason(e), e);
    }
  }

  /**
   * Closes all stages.
   *
   * @throws PluginException if one of them left memory behind; the others are closed too
   */
  @Override
  public void close() {
    RuntimeException first = null;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (RuntimeException e) {
        first = first == null ? e : first;
      } catch (Exception e) {
        throw new IllegalStateException(e); // neither stages nor contexts declare any
      }
    }
    Folders.delete(scratch);
    if (first != null) {
      throw first;
    }
  }
}
