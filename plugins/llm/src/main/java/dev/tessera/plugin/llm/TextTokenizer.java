package dev.tessera.plugin.llm;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.io.IOException;
import java.util.Map;

/**
 * Turns texts into token ids. A text with too many loses the first or the last of them, but not the
 * special tokens that the tokenizer sets at its ends. Safe to use from any thread.
 */
final class TextTokenizer implements AutoCloseable {

  /**
   * A piece of so many characters for each token wanted is tried first: most tokenizers need fewer,
   * so that of a long text only the end that counts is read.
   */
  private static final int CHARACTERS_PER_TOKEN = 6;

  /** So many tokens beside the cut of a piece may differ from those of the whole text. */
  private static final int MARGIN = 32;

  private final HuggingFaceTokenizer tokenizer;
  private final int maxTokens;
  private final Truncation truncation;
  private final long largestId;

  private TextTokenizer(
      HuggingFaceTokenizer tokenizer, long largestId, int maxTokens, Truncation truncation) {
    this.tokenizer = tokenizer;
    this.largestId = largestId;
    this.maxTokens = maxTokens;
    this.truncation = truncation;
  }

  /**
   * The tokenizer of a model.
   *
   * @throws PluginException with {@link ErrorCode#INVALID_CONFIG} if its file is no tokenizer
   */
  static TextTokenizer open(ModelSource source, int maxTokens, Truncation truncation) {
    // the host has said so before; without it, as in tests, neither statistics nor downloads
    for (String property : new String[] {"OPT_OUT_TRACKING", "ai.djl.offline"}) {
      if (System.getProperty(property) == null) {
        System.setProperty(property, "true");
      }
    }
    try {
      long largest = TokenIds.largest(source.tokenizer());
      return new TextTokenizer(
          HuggingFaceTokenizer.newInstance(
              source.tokenizer(), Map.of("truncation", "false", "padding", "false")),
          largest,
          maxTokens,
          truncation);
    } catch (UnsatisfiedLinkError e) {
      throw new PluginException(
          ErrorCode.UNAVAILABLE,
          "the tokenizers' native library could not be loaded: %s; see 'tessera doctor'"
              .formatted(GraphFaults.firstLine(e)),
          e);
    } catch (IOException | RuntimeException e) {
      throw new PluginException(
          ErrorCode.INVALID_CONFIG,
          "model %s: its tokenizer.json cannot be used: %s"
              .formatted(source.name(), GraphFaults.firstLine(e)),
          e);
    }
  }

  /** The largest id that this tokenizer can give. */
  long largestId() {
    return largestId;
  }

  /**
   * The ids of a text, at most so many as wanted.
   *
   * @return empty if there is none but special ones
   */
  int[] ids(String text) {
    for (long characters = (long) CHARACTERS_PER_TOKEN * maxTokens;
        characters < text.length();
        characters *= 4) {
      Encoding piece = encode(piece(text, (int) characters));
      if (piece.getIds().length >= maxTokens + MARGIN) {
        return truncated(piece);
      }
    }
    return truncated(encode(text));
  }

  /** The end of a text that counts, cut before a space, so that no word is torn. */
  private String piece(String text, int characters) {
    if (truncation == Truncation.RIGHT) {
      int cut = text.lastIndexOf(' ', characters);
      return text.substring(0, cut > 0 ? cut : characters);
    }
    int from = text.length() - characters;
    int cut = text.indexOf(' ', from);
    return text.substring(cut >= 0 ? cut : from);
  }

  private Encoding encode(String text) {
    return tokenizer.encode(text, true, false);
  }

  private int[] truncated(Encoding encoding) {
    long[] ids = encoding.getIds();
    long[] special = encoding.getSpecialTokenMask();
    int head = 0;
    while (head < ids.length && special[head] != 0) {
      head++;
    }
    if (head == ids.length) {
      return new int[0];
    }
    int tail = 0;
    while (special[ids.length - 1 - tail] != 0) {
      tail++;
    }
    int own = ids.length - head - tail;
    int kept = Math.max(1, Math.min(own, maxTokens - head - tail));
    int skipped = truncation == Truncation.LEFT ? own - kept : 0;
    int[] result = new int[head + kept + tail];
    for (int i = 0; i < result.length; i++) {
      int from = i < head ? i : i < head + kept ? i + skipped : i + own - kept;
      result[i] = Math.toIntExact(ids[from]);
    }
    return result;
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
