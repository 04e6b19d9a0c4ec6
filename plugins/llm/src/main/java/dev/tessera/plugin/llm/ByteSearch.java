package dev.tessera.plugin.llm;

import java.nio.charset.StandardCharsets;

/**
 * Looks for a word in bytes that come piece by piece. The word's first byte may not occur in it
 * again: then a failed match can only begin anew at the byte at hand.
 */
final class ByteSearch {

  private final byte[] word;
  private int matched;

  ByteSearch(String word) {
    this.word = word.getBytes(StandardCharsets.US_ASCII);
    if (word.lastIndexOf(word.charAt(0)) > 0) {
      throw new IllegalArgumentException(word);
    }
  }

  /** Reads the next piece. */
  void feed(byte[] piece, int count) {
    for (int i = 0; i < count && matched < word.length; i++) {
      matched = piece[i] == word[matched] ? matched + 1 : piece[i] == word[0] ? 1 : 0;
    }
  }

  /** Whether the word has come. */
  boolean found() {
    return matched == word.length;
  }
}
