package dev.tessera.host.progress;

import dev.tessera.api.PluginContext.Progress;

/**
 * Where long work shows how far it is: bars on a terminal, plain lines elsewhere, nothing in tests.
 * Safe to use from any thread.
 */
public interface ProgressDisplay {

  /**
   * Starts showing one task.
   *
   * @param task what is being done, e.g. {@code "reading page_visit"}
   * @param unit what is counted, e.g. {@code "events"}
   * @param total how many there are, or -1 if unknown
   */
  Progress start(String task, String unit, long total);

  /** Prints one line for the user, above any bars. */
  void line(String text);

  /** A display that shows nothing. */
  static ProgressDisplay silent() {
    return SilentDisplay.INSTANCE;
  }
}
