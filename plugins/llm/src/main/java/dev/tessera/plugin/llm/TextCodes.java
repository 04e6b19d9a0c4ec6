package dev.tessera.plugin.llm;

import dev.tessera.api.ProductTable;
import org.apache.arrow.vector.FixedSizeBinaryVector;

/** The 16 codes of a name or a query, read without a copy. */
final class TextCodes {

  private TextCodes() {}

  /** A code, 0 … 255. */
  static int code(FixedSizeBinaryVector texts, int text, int position) {
    long at = (long) text * ProductTable.TEXT_CODES + position;
    return texts.getDataBuffer().getByte(at) & 0xff;
  }

  /** All codes, with single spaces between. */
  static void append(StringBuilder out, FixedSizeBinaryVector texts, int text) {
    for (int position = 0; position < ProductTable.TEXT_CODES; position++) {
      if (position > 0) {
        out.append(' ');
      }
      out.append(code(texts, text, position));
    }
  }
}
