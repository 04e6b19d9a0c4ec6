package dev.tessera.api.testkit;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;

/** A context that is cancelled in the middle of the first task whose name begins as said. */
public final class InterruptingContext extends ForwardingContext {

  private final String task;
  private final String device;
  private int advances = Integer.MAX_VALUE;

  /** On the CPU. */
  public InterruptingContext(TestContext context, String task) {
    this(context, task, "cpu");
  }

  /** On a device. */
  public InterruptingContext(TestContext context, String task, String device) {
    super(context);
    this.task = task;
    this.device = device;
  }

  @Override
  public String device() {
    return device;
  }

  @Override
  public Progress progress(String name, long total) {
    if (name.startsWith(task)) {
      advances = 2;
    }
    Progress progress = super.progress(name, total);
    return new Progress() {
      @Override
      public void advance(long units) {
        advances--;
        progress.advance(units);
      }

      @Override
      public void note(String text) {
        progress.note(text);
      }

      @Override
      public void close() {
        progress.close();
      }
    };
  }

  @Override
  public void checkCancelled() {
    if (advances <= 0) {
      throw new PluginException(ErrorCode.CANCELLED, "cancelled");
    }
  }
}
