package dev.tessera.neural;

/**
 * How large batches are; a batch is full when one of the two bounds is reached.
 *
 * @param maxSequences the most sequences, at least 1
 * @param maxTokens the most tokens, padding included; a longer single sequence is a batch of its
 *     own
 */
public record BatchOptions(int maxSequences, int maxTokens) {

  /** Checks both. */
  public BatchOptions {
    if (maxSequences < 1 || maxTokens < 1) {
      throw new IllegalArgumentException(
          "a batch needs at least 1 sequence and 1 token, was " + maxSequences + ", " + maxTokens);
    }
  }
}
