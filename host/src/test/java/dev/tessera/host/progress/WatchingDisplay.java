package dev.tessera.host.progress;

import dev.tessera.api.PluginContext.Progress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongConsumer;

/** Keeps what is shown, and tells of every advance. */
public record WatchingDisplay(
    LongConsumer onAdvance, List<String> starts, List<String> notes, List<String> lines)
    implements ProgressDisplay {

  /** Nothing shown yet. */
  public WatchingDisplay(LongConsumer onAdvance) {
    this(
        onAdvance,
        new CopyOnWriteArrayList<>(),
        new CopyOnWriteArrayList<>(),
        new CopyOnWriteArrayList<>());
  }

  @Override
  public Progress start(String task, String unit, long total) {
    starts.add("%s, %d %s".formatted(task, total, unit));
    return new Progress() {
      @Override
      public void advance(long units) {
        onAdvance.accept(units);
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
  public void line(String text) {
    lines.add(text);
  }
}
