package dev.tessera.host.data;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/**
 * The threads of long work over the files of a folder. What tasks compute must not depend on their
 * order.
 */
public final class Workers implements AutoCloseable {

  private final ExecutorService executor;
  private final int threads;
  private final BooleanSupplier cancelled;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  /**
   * Starts the threads.
   *
   * @param cancelled asked by {@link #check}
   */
  public Workers(int threads, BooleanSupplier cancelled) {
    this.threads = threads;
    this.cancelled = cancelled;
    this.executor =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, "event-store");
              thread.setDaemon(true);
              return thread;
            });
  }

  int threads() {
    return threads;
  }

  /**
   * To be called often by a task.
   *
   * @throws PluginException when the work was cancelled or another task failed
   */
  public void check() {
    if (failure.get() != null || cancelled.getAsBoolean()) {
      throw new PluginException(ErrorCode.CANCELLED, "cancelled");
    }
  }

  /** Runs all tasks, returns when every one has ended, and throws the first failure. */
  public void run(List<Runnable> tasks) {
    List<Future<?>> futures = new ArrayList<>();
    tasks.forEach(task -> futures.add(executor.submit(() -> guarded(task))));
    for (Future<?> future : futures) {
      await(future);
    }
    Throwable first = failure.get();
    if (first instanceof RuntimeException exception) {
      throw exception;
    }
    if (first instanceof Error error) {
      throw error;
    }
  }

  private void guarded(Runnable task) {
    try {
      check();
      task.run();
    } catch (Throwable e) {
      // Kept, not dropped: run() throws it when all tasks have ended and freed what they hold.
      failure.compareAndSet(null, e);
    }
  }

  private static void await(Future<?> future) {
    boolean interrupted = false;
    while (true) {
      try {
        future.get();
        break;
      } catch (InterruptedException e) {
        interrupted = true; // tasks write to memory that the caller frees: they must end first
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
