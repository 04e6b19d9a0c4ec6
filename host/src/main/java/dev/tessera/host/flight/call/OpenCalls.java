package dev.tessera.host.flight.call;

import io.grpc.Status;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The calls that are open now: how many streams each principal has, and which clients have stopped
 * to read, or to send. Those are broken off.
 */
public final class OpenCalls implements CallObserver, AutoCloseable {

  private static final long LOOK_MILLIS = 20;

  private final Set<ServedCall> open = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> streams = new ConcurrentHashMap<>();
  private final Set<ServedCall> counted = ConcurrentHashMap.newKeySet();
  private final Duration stall;
  private final Duration idle;
  private final ScheduledExecutorService watch;

  /**
   * Looks for clients that take or send nothing, a few times in the time that they may.
   *
   * @param stall how long a client may take nothing
   * @param idle how long it may send nothing that the server waits for
   */
  public OpenCalls(Duration stall, Duration idle) {
    this.stall = stall;
    this.idle = idle;
    watch =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "flight-stall-watch");
              thread.setDaemon(true);
              return thread;
            });
    long period = Math.max(LOOK_MILLIS, Math.min(stall.toMillis(), idle.toMillis()) / 8);
    var unused = watch.scheduleWithFixedDelay(this::look, period, period, TimeUnit.MILLISECONDS);
  }

  /**
   * How many calls of clients are open; health checks, which may be open for ever, do not count.
   */
  public int count() {
    return (int) open.stream().filter(call -> !call.isHealthCheck()).count();
  }

  /** Waits until no call of a client is open; false if some still are after so long. */
  public boolean awaitNone(Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (count() > 0) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      Thread.sleep(LOOK_MILLIS);
    }
    return true;
  }

  /** Ends every call at once. */
  public void breakOffAll() {
    open.forEach(call -> call.breakOff(Cut.STOPPING, "the server stops"));
  }

  /** Counts a stream of a principal; false, and nothing is counted, if it has as many as it may. */
  boolean addStream(ServedCall call, String principal, int limit) {
    boolean[] added = new boolean[1];
    streams.compute(
        principal,
        (name, before) -> {
          int now = before == null ? 0 : before;
          added[0] = now < limit;
          return added[0] ? Integer.valueOf(now + 1) : before;
        });
    if (added[0]) {
      counted.add(call);
    }
    return added[0];
  }

  @Override
  public void started(ServedCall call) {
    open.add(call);
  }

  @Override
  public void ended(ServedCall call, Status status) {
    open.remove(call);
    if (counted.remove(call)) {
      streams.computeIfPresent(
          call.principalName(), (name, now) -> now == 1 ? null : Integer.valueOf(now - 1));
    }
  }

  private void look() {
    for (ServedCall call : open) {
      if (call.stalled(stall)) {
        call.breakOff(Cut.STALLED, "the client took nothing for %d s".formatted(stall.toSeconds()));
      }
      call.endIfIdle(idle);
    }
  }

  /** Looks no more. */
  @Override
  public void close() {
    watch.shutdownNow();
  }
}
