package dev.tessera.host.pipeline;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginException;
import dev.tessera.host.progress.ProgressDisplay;
import java.nio.file.Path;
import java.util.function.IntConsumer;
import org.apache.arrow.memory.BufferAllocator;

/** What the host lends one stage. {@link #close} fails if the stage left memory behind. */
final class StepContext implements PluginContext, AutoCloseable {

  private final PlannedStep step;
  private final RunSettings settings;
  private final Path scratch;
  private final Path checkpoint;
  private final BufferAllocator allocator;
  private final WorkerPool pool;

  StepContext(
      PlannedStep step,
      RunSettings settings,
      BufferAllocator parent,
      Path scratch,
      Path checkpoint) {
    this.step = step;
    this.settings = settings;
    this.scratch = scratch;
    this.checkpoint = checkpoint;
    this.allocator = parent.newChildAllocator("step " + step.name(), 0, parent.getLimit());
    this.pool = new WorkerPool(step.name(), settings.threads());
  }

  @Override
  public String stepName() {
    return step.name();
  }

  @Override
  public BufferAllocator allocator() {
    return allocator;
  }

  @Override
  public Path scratchDirectory() {
    Folders.create(scratch);
    return scratch;
  }

  @Override
  public Path checkpointDirectory() {
    Folders.create(checkpoint);
    return checkpoint;
  }

  @Override
  public long seed() {
    return settings.seed();
  }

  @Override
  public int parallelism() {
    return settings.threads();
  }

  @Override
  public String device() {
    return settings.device();
  }

  @Override
  public long memoryBudgetBytes() {
    return settings.memoryBytes();
  }

  @Override
  public Progress progress(String task, long total) {
    ProgressDisplay display = settings.progress();
    int comma = task.lastIndexOf(", "); // "epoch 1 of 3, tokens": what goes on, and what is counted
    String title = comma < 0 ? "" : " · " + task.substring(0, comma);
    return display.start(step.name() + title, task.substring(comma < 0 ? 0 : comma + 2), total);
  }

  @Override
  public void parallel(int tasks, IntConsumer body) {
    pool.run(tasks, this::checkCancelled, body);
  }

  @Override
  public void checkCancelled() {
    if (settings.cancelled().getAsBoolean()) {
      throw new PluginException(ErrorCode.CANCELLED, "the run was cancelled");
    }
  }

  @Override
  public void close() {
    pool.close();
    long left = allocator.getAllocatedMemory();
    try {
      allocator.close();
    } catch (IllegalStateException e) {
      throw new PluginException(
          ErrorCode.INTERNAL,
          "[%s] left %,d bytes of Arrow memory unreleased in step %s; the plugin must close what it allocates"
              .formatted(step.plugin().id(), left, step.name()),
          e);
    } finally {
      Folders.delete(scratch);
    }
  }
}
