package dev.tessera.host.pipeline;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures the private memory of this process (heap, native allocations, stacks; not mapped files,
 * which the system can drop at any time) ten times a second.
 */
final class MemoryProbe implements AutoCloseable {

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String PRIVATE = "RssAnon:";
  private static final long INTERVAL_MILLIS = 100;

  private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
  private final Watch life = open();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "memory-probe");
            thread.setDaemon(true);
            return thread;
          });

  /** The largest value seen since it was opened. */
  static final class Watch {
    private final AtomicLong peak = new AtomicLong();

    long peakBytes() {
      return peak.get();
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // runs until close
  MemoryProbe() {
    timer.scheduleAtFixedRate(
        this::sample, INTERVAL_MILLIS, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Starts watching. */
  Watch open() {
    Watch watch = new Watch();
    watches.add(watch);
    watch.peak.accumulateAndGet(privateBytes(), Math::max);
    return watch;
  }

  /** Ends watching. */
  void end(Watch watch) {
    watch.peak.accumulateAndGet(privateBytes(), Math::max);
    watches.remove(watch);
  }

  /** The largest value seen since the probe was made. */
  long peakBytes() {
    sample();
    return life.peakBytes();
  }

  private void sample() {
    long now = privateBytes();
    watches.forEach(watch -> watch.peak.accumulateAndGet(now, Math::max));
  }

  /** Private bytes now; where the system does not tell, heap and other memory of the JVM. */
  static long privateBytes() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith(PRIVATE)) {
          return Long.parseLong(line.replaceAll("\\D", "")) << 10;
        }
      }
    } catch (IOException e) {
      // not Linux: the JVM's own account below
    }
    var memory = ManagementFactory.getMemoryMXBean();
    return memory.getHeapMemoryUsage().getCommitted()
        + memory.getNonHeapMemoryUsage().getCommitted();
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
