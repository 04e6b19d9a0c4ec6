package dev.tessera.plugin.llm;

import ai.onnxruntime.OrtException;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says in a line what ONNX Runtime says in several, and what to do about it. */
final class GraphFaults {

  private static final Pattern RANGE = Pattern.compile("inclusive range \\[-?\\d+,\\s*(\\d+)\\]");

  private GraphFaults() {}

  /** The first line of a failure's message. */
  static String firstLine(Throwable failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }

  /** A model that ONNX Runtime cannot read. */
  static PluginException unreadable(String model, OrtException e) {
    return new PluginException(
        ErrorCode.INVALID_CONFIG,
        "model %s: its model.onnx cannot be used: %s".formatted(model, firstLine(e)),
        e);
  }

  /**
   * A graph that fails at the tokenizer's last token, alone.
   *
   * @param largestId that token
   */
  static PluginException vocabulary(String model, long largestId, OrtException e) {
    Matcher range = RANGE.matcher(String.valueOf(e.getMessage()));
    if (range.find()) {
      return new PluginException(
          ErrorCode.INVALID_CONFIG,
          "model %s: its tokenizer.json gives tokens up to %d, its model.onnx knows 0 to %s; take both files from one model"
              .formatted(model, largestId, range.group(1)),
          e);
    }
    return new PluginException(
        ErrorCode.INVALID_CONFIG,
        "model %s: its graph fails at one token (%d): %s".formatted(model, largestId, firstLine(e)),
        e);
  }

  /** A batch that failed. */
  static PluginException run(String model, int texts, int tokens, LlmConfig config, Throwable e) {
    String said = firstLine(e);
    if (isLackOfMemory(said)) {
      return new PluginException(
          ErrorCode.OUT_OF_MEMORY,
          "model %s: memory did not suffice for %d text(s) of %d tokens; lower batch-tokens (now %d) or max-tokens (now %d)"
              .formatted(model, texts, tokens, config.batchTokens(), config.maxTokens()),
          e);
    }
    return new PluginException(
        ErrorCode.INVALID_CONFIG,
        "model %s: its graph failed at %d text(s) of %d tokens: %s; if it takes fewer tokens, lower max-tokens (now %d)"
            .formatted(model, texts, tokens, said, config.maxTokens()),
        e);
  }

  private static boolean isLackOfMemory(String message) {
    String lower = message.toLowerCase(Locale.ROOT);
    return lower.contains("failed to allocate memory")
        || lower.contains("out of memory")
        || lower.contains("bad_alloc");
  }
}
