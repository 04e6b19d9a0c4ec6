package dev.tessera.api.testkit;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** A context with its own root allocator; {@link #close} fails if bytes are left in it. */
public final class TestContext implements PluginContext, AutoCloseable {

  private final RootAllocator allocator = new RootAllocator();
  private final AtomicBoolean cancelled = new AtomicBoolean();
  private final ForkJoinPool pool;
  private final Path folder;
  private final int parallelism;
  private final long seed;

  /** One thread, seed 42. */
  public TestContext() {
    this(1, 42);
  }

  /** As many threads as said. */
  public TestContext(int parallelism, long seed) {
    this.parallelism = parallelism;
    this.pool = new ForkJoinPool(parallelism);
    this.seed = seed;
    try {
      folder = Files.createTempDirectory("tessera-test");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** From now on {@link #checkCancelled} throws. */
  public void cancel() {
    cancelled.set(true);
  }

  @Override
  public String stepName() {
    return "test";
  }

  @Override
  public BufferAllocator allocator() {
    return allocator;
  }

  @Override
  public Path scratchDirectory() {
    return createdFolder("scratch");
  }

  @Override
  public Path checkpointDirectory() {
    return createdFolder("checkpoint");
  }

  @Override
  public long seed() {
    return seed;
  }

  @Override
  public int parallelism() {
    return parallelism;
  }

  @Override
  public String device() {
    return "cpu";
  }

  @Override
  public long memoryBudgetBytes() {
    return 1L << 30;
  }

  @Override
  public Progress progress(String task, long total) {
    return new Progress() {
      @Override
      public void advance(long units) {}

      @Override
      public void note(String text) {}

      @Override
      public void close() {}
    };
  }

  @Override
  public void parallel(int tasks, IntConsumer body) {
    try {
      pool.submit(
              () ->
                  IntStream.range(0, tasks)
                      .parallel()
                      .forEach(
                          task -> {
                            checkCancelled();
                            body.accept(task);
                          }))
          .get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void checkCancelled() {
    if (cancelled.get()) {
      throw new PluginException(ErrorCode.CANCELLED, "cancelled");
    }
  }

  private Path createdFolder(String name) {
    try {
      return Files.createDirectories(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    pool.shutdownNow();
    allocator.close();
    try (var files = Files.walk(folder)) {
      files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
