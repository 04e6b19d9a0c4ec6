package dev.tessera.host.data;

import dev.tessera.api.ProductTable;

/**
 * Parses the 16 numbers of a search query or a product name as NumPy prints an array: {@code [ 12 3
 * 255 …]}, any white space, line breaks too. The result is two longs, the first byte highest, so
 * that comparing them unsigned compares the bytes in order. Not safe for several threads.
 */
final class CodeText {

  private static final int CODES = ProductTable.TEXT_CODES;
  private static final int MAX_CODE = 255;

  private long high;
  private long low;
  private String problem = "";

  /** Parses a text; true if it is right, otherwise {@link #problem} says what was found. */
  boolean parse(byte[] text, int start, int end) {
    int from = start;
    int to = end;
    while (from < to && isSpace(text[from])) {
      from++;
    }
    while (from < to && isSpace(text[to - 1])) {
      to--;
    }
    if (to - from < 2 || text[from] != '[' || text[to - 1] != ']') {
      return fail("found no brackets around them");
    }
    return parseNumbers(text, from + 1, to - 1);
  }

  /** The first eight bytes, the first one highest. */
  long high() {
    return high;
  }

  /** The last eight bytes. */
  long low() {
    return low;
  }

  /** What was found instead of 16 numbers. */
  String problem() {
    return problem;
  }

  private boolean parseNumbers(byte[] text, int start, int end) {
    int count = 0;
    int i = start;
    while (i < end) {
      if (isSpace(text[i])) {
        i++;
        continue;
      }
      int value = 0;
      for (; i < end && !isSpace(text[i]); i++) {
        int digit = text[i] - '0';
        if (digit < 0 || digit > 9) {
          return fail("found '" + (char) text[i] + "' between them");
        }
        value = value * 10 + digit;
        if (value > MAX_CODE) {
          return fail("found a number above 255");
        }
      }
      add(count, value);
      count++;
    }
    return count == CODES || fail("found " + count);
  }

  private void add(int position, int value) {
    if (position < CODES / 2) {
      high = high << Byte.SIZE | value;
    } else {
      low = low << Byte.SIZE | value;
    }
  }

  private static boolean isSpace(byte character) {
    return character == ' ' || character >= '\t' && character <= '\r';
  }

  private boolean fail(String found) {
    problem = found;
    return false;
  }
}
