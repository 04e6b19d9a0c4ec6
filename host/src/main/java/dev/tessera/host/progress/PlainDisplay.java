package dev.tessera.host.progress;

import dev.tessera.api.PluginContext.Progress;
import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicLong;

/** Plain lines for logs: one every ten seconds of a task, and one when a long task ends. */
public final class PlainDisplay implements ProgressDisplay {

  private static final long EVERY_NANOS = 10_000_000_000L;
  private static final long WORTH_A_LINE_NANOS = 2_000_000_000L;

  private final PrintStream out;

  /** Lines go to {@code out}, which stays open. */
  public PlainDisplay(PrintStream out) {
    this.out = out;
  }

  @Override
  public Progress start(String task, String unit, long total) {
    return new Lines(task, unit, total);
  }

  @Override
  public void line(String text) {
    out.println(text);
  }

  private final class Lines implements Progress {

    private final String task;
    private final String unit;
    private final long total;
    private final long startNanos = System.nanoTime();
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong nextLineNanos = new AtomicLong(startNanos + EVERY_NANOS);
    private volatile String remark = "";

    Lines(String task, String unit, long total) {
      this.task = task;
      this.unit = unit;
      this.total = total;
    }

    @Override
    public void advance(long units) {
      done.addAndGet(units);
      printIfDue();
    }

    @Override
    public void note(String text) {
      remark = text;
      printIfDue();
    }

    @Override
    public void close() {
      long now = System.nanoTime();
      if (now - startNanos >= WORTH_A_LINE_NANOS) {
        print(done.get(), now);
      }
    }

    private void printIfDue() {
      long now = System.nanoTime();
      long due = nextLineNanos.get();
      if (now >= due && nextLineNanos.compareAndSet(due, now + EVERY_NANOS)) {
        print(done.get(), now);
      }
    }

    private void print(long sum, long now) {
      String of = total > 0 ? " of %,d".formatted(total) : "";
      String tail = remark.isEmpty() ? "" : ", " + remark;
      out.println(
          "  %s: %,d%s %s, %.1f s%s"
              .formatted(task, sum, of, unit, (now - startNanos) / 1e9, tail));
    }
  }
}
