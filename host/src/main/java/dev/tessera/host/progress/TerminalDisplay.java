package dev.tessera.host.progress;

import dev.tessera.api.PluginContext.Progress;
import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicInteger;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress bars on a terminal. */
public final class TerminalDisplay implements ProgressDisplay {

  private static final String CLEAR_LINE = "\r\u001b[K";
  private static final int TASK_WIDTH = 36;

  private final PrintStream out;
  private final AtomicInteger running = new AtomicInteger();

  /** Lines go to {@code out}, which is the terminal that the bars are on. */
  public TerminalDisplay(PrintStream out) {
    this.out = out;
  }

  @Override
  public Progress start(String task, String unit, long total) {
    ProgressBar bar =
        new ProgressBarBuilder()
            .setTaskName(fixedWidth(task))
            .setUnit(" " + unit, 1)
            .setInitialMax(total)
            .setStyle(ProgressBarStyle.UNICODE_BLOCK)
            .setUpdateIntervalMillis(200)
            .clearDisplayOnFinish()
            .showSpeed()
            .build();
    running.incrementAndGet();
    return new Progress() {
      @Override
      public void advance(long units) {
        bar.stepBy(units);
      }

      @Override
      public void note(String text) {
        bar.setExtraMessage(text);
      }

      @Override
      public void close() {
        bar.close();
        running.decrementAndGet();
      }
    };
  }

  @Override
  public void line(String text) {
    out.println(running.get() > 0 ? CLEAR_LINE + text : text);
  }

  private static String fixedWidth(String task) {
    return task.length() > TASK_WIDTH
        ? task.substring(0, TASK_WIDTH - 1) + "…"
        : task + " ".repeat(TASK_WIDTH - task.length());
  }
}
