package dev.tessera.host.plugin;

import dev.tessera.api.PluginContext;
import java.nio.file.Path;
import java.util.function.IntConsumer;
import org.apache.arrow.memory.BufferAllocator;

/** The host's context as a plugin sees it: what it runs in parallel is guarded on each thread. */
record GuardedContext(PluginContext context, PluginCalls calls) implements PluginContext {

  @Override
  public void parallel(int tasks, IntConsumer body) {
    String what = "a parallel task of step " + stepName();
    context.parallel(tasks, task -> calls.run(what, () -> body.accept(task)));
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
    return context.device();
  }

  @Override
  public long memoryBudgetBytes() {
    return context.memoryBudgetBytes();
  }

  @Override
  public Progress progress(String task, long total) {
    return context.progress(task, total);
  }

  @Override
  public void checkCancelled() {
    context.checkCancelled();
  }
}
