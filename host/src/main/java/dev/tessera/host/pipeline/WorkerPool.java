package dev.tessera.host.pipeline;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/**
 * The threads of one step. Tasks are taken one after the other from a counter, so that long and
 * short ones even out; the caller's thread works too. Threads inherit the context class loader of
 * the thread that first needs them, which is the plugin's.
 */
final class WorkerPool implements AutoCloseable {

  private final int parallelism;
  private final ExecutorService threads;

  WorkerPool(String name, int parallelism) {
    this.parallelism = parallelism;
    AtomicInteger number = new AtomicInteger();
    this.threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  void run(int tasks, Runnable check, IntConsumer body) {
    AtomicInteger next = new AtomicInteger();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Runnable worker =
        () -> {
          int task;
          while (failure.get() == null && (task = next.getAndIncrement()) < tasks) {
            try {
              check.run();
              body.accept(task);
            } catch (Throwable e) { // handed to the caller below
              failure.compareAndSet(null, e);
            }
          }
        };
    List<Future<?>> others = new ArrayList<>();
    for (int i = 1; i < Math.min(parallelism, tasks); i++) {
      others.add(threads.submit(worker));
    }
    worker.run();
    others.forEach(WorkerPool::await);
    rethrow(failure.get());
  }

  private static void await(Future<?> worker) {
    boolean interrupted = false;
    while (true) {
      try {
        worker.get();
        break;
      } catch (InterruptedException e) {
        interrupted = true; // the bodies use memory of the caller: they must end first
      } catch (ExecutionException e) {
        throw new IllegalStateException("workers catch everything", e);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void rethrow(Throwable failure) {
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
    if (failure != null) {
      throw new PluginException(ErrorCode.INTERNAL, failure.toString(), failure);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
