package dev.tessera.api.testkit;

import dev.tessera.api.PluginContext;
import java.nio.file.Path;
import java.util.function.IntConsumer;
import org.apache.arrow.memory.BufferAllocator;

/** Hands everything on to another context; a test overrides what it wants otherwise. */
public abstract class ForwardingContext implements PluginContext {

  private final PluginContext context;

  /** Hands on to {@code context}. */
  protected ForwardingContext(PluginContext context) {
    this.context = context;
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
  public void parallel(int tasks, IntConsumer body) {
    context.parallel(tasks, body);
  }

  @Override
  public void checkCancelled() {
    context.checkCancelled();
  }
}
