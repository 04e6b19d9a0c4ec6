package dev.tessera.plugin.gruae;

import dev.tessera.api.PluginContext;
import dev.tessera.api.testkit.TestContext;
import java.nio.file.Path;
import java.util.function.IntConsumer;
import org.apache.arrow.memory.BufferAllocator;

/** A context that is cancelled in the middle of the first task whose name begins as said. */
final class InterruptingContext implements PluginContext {

  private final TestContext context;
  private final String task;
  private final String device;
  private int advances = Integer.MAX_VALUE;

  InterruptingContext(TestContext context, String task) {
    this(context, task, "cpu");
  }

  InterruptingContext(TestContext context, String task, String device) {
    this.context = context;
    this.task = task;
    this.device = device;
  }

  @Override
  public String stepName() {
    return context.stepName();
  }

  @Override
  public BufferAllocator allocator() {
    return context.allocator();
  }

  @Override
  public Path scratchDirectory() {
    return context.scratchDirectory();
  }

  @Override
  public Path checkpointDirectory() {
    return context.checkpointDirectory();
  }

  @Override
  public long seed() {
    return context.seed();
  }

  @Override
  public int parallelism() {
    return context.parallelism();
  }

  @Override
  public String device() {
    return device;
  }

  @Override
  public long memoryBudgetBytes() {
    return context.memoryBudgetBytes();
  }

  @Override
  public Progress progress(String name, long total) {
    if (name.startsWith(task)) {
      advances = 2;
    }
    Progress progress = context.progress(name, total);
    return new Progress() {
      @Override
      public void advance(long units) {
        advances--;
        progress.advance(units);
      }

      @Override
      public void note(String text) {
        progress.note(text);
      }

      @Override
      public void close() {
        progress.close();
      }
    };
  }

  @Override
  public void parallel(int tasks, IntConsumer body) {
    context.parallel(tasks, body);
  }

  @Override
  public void checkCancelled() {
    if (advances <= 0) {
      throw new dev.tessera.api.PluginException(dev.tessera.api.ErrorCode.CANCELLED, "cancelled");
    }
  }
}
