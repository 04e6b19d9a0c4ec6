package dev.tessera.plugin.nexturl;

import dev.tessera.neural.SampledSoftmax.Sample;
import java.util.BitSet;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Draws urls, each as likely as any other, that labels are told from.
 *
 * @param tokens V
 * @param count how many
 * @param per what a draw is for
 */
record Negatives(int tokens, int count, NegativesPer per) {

  private int urls() {
    return tokens - UrlVocabulary.FIRST;
  }

  /** For a whole batch: distinct urls, or all if there are no more. */
  Sample forBatch(SplittableRandom random) {
    if (count >= urls()) {
      return Sample.distinct(IntStream.range(UrlVocabulary.FIRST, tokens).toArray(), tokens);
    }
    BitSet drawn = new BitSet(tokens);
    int[] rows = new int[count];
    for (int i = 0; i < count; ) {
      int row = UrlVocabulary.FIRST + random.nextInt(urls());
      if (!drawn.get(row)) {
        drawn.set(row);
        rows[i++] = row;
      }
    }
    return Sample.distinct(rows, tokens);
  }

  /**
   * For one sequence: urls that are not in it, with repeats.
   *
   * @param own the sequence's tokens
   */
  Sample forSequence(BitSet own, SplittableRandom random) {
    if (own.get(UrlVocabulary.FIRST, tokens).cardinality() == urls()) {
      // the sequence holds all urls: there is none to tell its labels from but they themselves
      return Sample.distinct(IntStream.range(UrlVocabulary.FIRST, tokens).toArray(), tokens);
    }
    int[] rows = new int[count];
    for (int i = 0; i < count; ) {
      int row = UrlVocabulary.FIRST + random.nextInt(urls());
      if (!own.get(row)) {
        rows[i++] = row;
      }
    }
    return Sample.apart(rows);
  }
}
