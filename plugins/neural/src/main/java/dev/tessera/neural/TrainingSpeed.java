package dev.tessera.neural;

import java.util.Locale;

/** Real tokens per second of training steps, and how long the rest will take. */
final class TrainingSpeed {

  private final int epochs;
  private long nanos;
  private long tokens;
  private long started;

  /** For so many epochs at most. */
  TrainingSpeed(int epochs) {
    this.epochs = epochs;
  }

  /** A step begins. */
  void start() {
    started = System.nanoTime();
  }

  /** The step that began has ended. */
  void add(int stepTokens) {
    nanos += System.nanoTime() - started;
    tokens += stepTokens;
  }

  double tokensPerSecond() {
    return nanos == 0 ? 0 : tokens * 1e9 / nanos;
  }

  /** Speed and time left of so many tokens of all epochs. */
  String describe(long all) {
    double speed = tokensPerSecond();
    long left = epochs == 0 || speed == 0 ? 0 : Math.max(0, Math.round((all - tokens) / speed));
    return String.format(
        Locale.ROOT, "%,.0f tokens/s, at most %d:%02d h left", speed, left / 3600, left / 60 % 60);
  }
}
