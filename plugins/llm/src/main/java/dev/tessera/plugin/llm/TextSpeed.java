package dev.tessera.plugin.llm;

import dev.tessera.api.PluginContext.Progress;
import java.util.Locale;

/** Shows how many texts are done and how fast. Safe for several threads. */
final class TextSpeed {

  private final Progress progress;
  private final long start = System.nanoTime();
  private long texts;
  private long tokens;

  TextSpeed(Progress progress) {
    this.progress = progress;
  }

  /** Texts that an earlier run did. */
  void skip(int count) {
    if (count > 0) {
      progress.note("%,d texts done by an earlier run".formatted(count));
      progress.advance(count);
    }
  }

  /** A batch is done. */
  synchronized void add(int moreTexts, int moreTokens) {
    texts += moreTexts;
    tokens += moreTokens;
    double seconds = Math.max(1e-9, (System.nanoTime() - start) / 1e9);
    progress.note(
        String.format(
            Locale.ROOT, "%,.1f texts/s, %,.0f tokens/s", texts / seconds, tokens / seconds));
    progress.advance(moreTexts);
  }
}
