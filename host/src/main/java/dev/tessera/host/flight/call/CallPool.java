package dev.tessera.host.flight.call;

import io.grpc.Context;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Daemon threads that take a call along: what a call's task starts still belongs to the call. */
public final class CallPool extends ThreadPoolExecutor {

  private CallPool(int core, int most, BlockingQueue<Runnable> queue, String name) {
    super(core, most, 30, TimeUnit.SECONDS, queue, named(name));
    allowCoreThreadTimeOut(true);
  }

  /** At most {@code threads}; further tasks wait. */
  public static CallPool queueing(int threads, String name) {
    return new CallPool(threads, threads, new LinkedBlockingQueue<>(), name);
  }

  /** At most {@code threads}; further tasks are refused. */
  public static CallPool refusing(int threads, String name) {
    return new CallPool(0, threads, new SynchronousQueue<>(), name);
  }

  @Override
  public void execute(Runnable task) {
    super.execute(Context.current().wrap(task));
  }

  private static ThreadFactory named(String prefix) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, prefix + "-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }
}
