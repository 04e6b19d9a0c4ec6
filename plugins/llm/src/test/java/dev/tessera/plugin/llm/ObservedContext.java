package dev.tessera.plugin.llm;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.api.testkit.ForwardingContext;
import dev.tessera.api.testkit.TestContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;

/** Keeps what is shown of progress, and is cancelled after so many texts. */
final class ObservedContext extends ForwardingContext {

  private final String device;
  private final long cancelAfter;
  private final AtomicLong done = new AtomicLong();
  private final List<String> notes = Collections.synchronizedList(new ArrayList<>());
  private long total;

  ObservedContext(TestContext context, String device, long cancelAfter) {
    super(context);
    this.device = device;
    this.cancelAfter = cancelAfter;
  }

  /** The units of the last task that was begun. */
  long total() {
    return total;
  }

  /** The units done. */
  long done() {
    return done.get();
  }

  List<String> notes() {
    return notes;
  }

  @Override
  public String device() {
    return device;
  }

  @Override
  public Progress progress(String task, long units) {
    total = units;
    return new Progress() {
      @Override
      public void advance(long more) {
        done.addAndGet(more);
      }

      @Override
      public void note(String text) {
        notes.add(text);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void parallel(int tasks, IntConsumer body) {
    super.parallel(
        tasks,
        task -> {
          checkCancelled();
          body.accept(task);
        });
  }

  @Override
  public void checkCancelled() {
    if (done.get() >= cancelAfter) {
      throw new PluginException(ErrorCode.CANCELLED, "cancelled");
    }
  }
}
