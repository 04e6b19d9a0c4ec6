package dev.tessera.host.parquet;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Optional;

/**
 * One column's part of a batch of rows. The arrays are lent: the writer reads them before {@link
 * ParquetColumnWriter#write} returns and keeps none, so the caller may fill them again.
 */
@SuppressWarnings("ArrayRecordComponent") // lent buffers, never compared
public sealed interface ColumnValues {

  /** Rows that the arrays hold; a batch may use fewer. */
  int capacity();

  /** Integers or timestamps, one a row. */
  record Longs(long[] values) implements ColumnValues {
    @Override
    public int capacity() {
      return values.length;
    }
  }

  /** Strings in Arrow's layout: row {@code i} is {@code utf8[offsets[i] .. offsets[i + 1])}. */
  record Texts(byte[] utf8, int[] offsets) implements ColumnValues {

    /** Encodes {@code strings}; convenient, not fast. */
    public static Texts of(String... strings) {
      int[] offsets = new int[strings.length + 1];
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < strings.length; i++) {
        all.append(strings[i]);
        offsets[i + 1] = offsets[i] + strings[i].getBytes(StandardCharsets.UTF_8).length;
      }
      return new Texts(all.toString().getBytes(StandardCharsets.UTF_8), offsets);
    }

    @Override
    public int capacity() {
      return offsets.length - 1;
    }
  }

  /**
   * Float lists, row-major: row {@code i} is {@code values[i * width .. (i + 1) * width)}.
   *
   * @param width floats in a row; that of the column
   * @param nullRows rows that are null lists (their floats are skipped); empty: none
   */
  record Vectors(float[] values, int width, Optional<BitSet> nullRows) implements ColumnValues {

    /** Vectors without null rows. */
    public Vectors(float[] values, int width) {
      this(values, width, Optional.empty());
    }

    @Override
    public int capacity() {
      return values.length / width;
    }
  }
}
