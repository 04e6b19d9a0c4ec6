package dev.tessera.host.progress;

import dev.tessera.api.PluginContext.Progress;

/** Shows nothing. */
enum SilentDisplay implements ProgressDisplay {
  INSTANCE;

  private static final Progress NOTHING =
      new Progress() {
        @Override
        public void advance(long units) {}

        @Override
        public void note(String text) {}

        @Override
        public void close() {}
      };

  @Override
  public Progress start(String task, String unit, long total) {
    return NOTHING;
  }

  @Override
  public void line(String text) {}
}
