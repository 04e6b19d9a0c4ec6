package dev.tessera.host.synth;

import dev.tessera.host.parquet.ColumnValues;
import java.util.Arrays;

/**
 * Texts of 16 codes 0..255 as NumPy prints an array, {@code [ 12 3 255 …]}: right-justified to the
 * widest, one space between. Collects rows for one Parquet column. For one thread.
 *
 * <p>A product's name shares most codes with its category's, and a query most codes with the name
 * of what is searched for, so that texts carry the interest.
 */
final class CodeTexts {

  private static final int CODES = 16;
  private static final int MAX_BYTES = 2 + CODES * 4;

  /** Of 16: how many codes a product takes from its category, and a query from its target. */
  private static final int NAME_SHARES = 10;

  private static final int QUERY_SHARES = 12;

  private final Catalogue catalogue;
  private final int[] codes = new int[CODES];
  private byte[] utf8;
  private int[] offsets;
  private int rows;

  CodeTexts(Catalogue catalogue, int expectedRows) {
    this.catalogue = catalogue;
    this.utf8 = new byte[Math.max(1, expectedRows) * MAX_BYTES];
    this.offsets = new int[expectedRows + 1];
  }

  /** Adds a product's name. */
  void addName(int product) {
    nameOf(product);
    print();
  }

  /** Adds an empty text. */
  void addEmpty() {
    roomForARow();
    offsets[rows + 1] = offsets[rows];
    rows++;
  }

  /** Adds the text of a query, packed by {@link Query}. */
  void addQuery(long query) {
    if (Query.isForProduct(query)) {
      nameOf(Query.target(query));
    } else {
      nameOfCategory(Query.target(query));
    }
    vary(ShopRandom.mix(Query.hash(query), 0), QUERY_SHARES);
    print();
  }

  /** The rows added so far; valid until the next is. */
  ColumnValues.Texts texts() {
    return new ColumnValues.Texts(utf8, offsets);
  }

  /** Forgets all rows. */
  void clear() {
    rows = 0;
  }

  private void nameOf(int product) {
    nameOfCategory(catalogue.categoryOf(product));
    vary(catalogue.productHash(product), NAME_SHARES);
  }

  private void nameOfCategory(int category) {
    long hash = catalogue.categoryHash(category);
    for (int j = 0; j < CODES; j++) {
      codes[j] = (int) (ShopRandom.mix(hash, j) & 0xff);
    }
  }

  /** Keeps each code with probability {@code shares}/16, else replaces it. */
  private void vary(long hash, int shares) {
    for (int j = 0; j < CODES; j++) {
      long bits = ShopRandom.mix(hash, j);
      if ((bits >>> 8 & 15) >= shares) {
        codes[j] = (int) (bits & 0xff);
      }
    }
  }

  private void roomForARow() {
    if (utf8.length - offsets[rows] < MAX_BYTES) {
      utf8 = Arrays.copyOf(utf8, utf8.length * 2);
    }
    if (rows + 1 == offsets.length) {
      offsets = Arrays.copyOf(offsets, offsets.length * 2);
    }
  }

  private void print() {
    roomForARow();
    int end = offsets[rows];
    int widest = 0;
    for (int code : codes) {
      widest = Math.max(widest, code);
    }
    int width = widest > 99 ? 3 : widest > 9 ? 2 : 1;
    byte open = '[';
    for (int code : codes) {
      utf8[end] = open;
      open = ' ';
      int digit = end + width;
      int rest = code;
      do {
        utf8[digit--] = (byte) ('0' + rest % 10);
        rest /= 10;
      } while (rest > 0);
      while (digit > end) {
        utf8[digit--] = ' ';
      }
      end += width + 1;
    }
    utf8[end++] = ']';
    offsets[++rows] = end;
  }
}
