package dev.tessera.host.flight;

import dev.tessera.api.PluginContext.Progress;
import dev.tessera.host.progress.ProgressDisplay;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongConsumer;

/** Tells of every advance. */
record WatchingDisplay(LongConsumer onAdvance, List<String> lines) implements ProgressDisplay {

  WatchingDisplay(LongConsumer onAdvance) {
    this(onAdvance, new CopyOnWriteArrayList<>());
  }

  @Override
  public Progress start(String task, String unit, long total) {
    return new Progress() {
      @Override
      public void advance(long units) {
        onAdvance.accept(units);
      }

      @Override
      public void note(String text) {}

      @Override
      public void close() {}
    };
  }

  @Override
  public void line(String text) {
    lines.add(text);
  }
}
