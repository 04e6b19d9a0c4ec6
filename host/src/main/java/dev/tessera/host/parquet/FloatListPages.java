package dev.tessera.host.parquet;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.BitSet;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.BytesUtils;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;

/**
 * Cuts one row group's float lists into data pages (version 1, BYTE_STREAM_SPLIT). Parquet's own
 * column writer takes one float at a time, which costs ten times what this does.
 *
 * <p>Levels of the 3-level list: repetition 0 opens a row, 1 goes on with it; definition is 0 for a
 * null row and the column's maximum for an element. For one thread.
 */
final class FloatListPages {

  private static final int PAGE_BYTES = 1 << 20;

  private final ColumnDescriptor column;
  private final PageWriter out;
  private final int width;
  private final int pageRows;
  private final float[] values;
  private final BitSet nulls = new BitSet();
  private int rows;
  private int elements;

  /** Repetition and definition levels of a full page without nulls: the same for all of them. */
  private byte[] fullPageLevels;

  FloatListPages(ColumnDescriptor column, int width, PageWriter out) {
    this.column = column;
    this.out = out;
    this.width = width;
    this.pageRows = Math.max(1, PAGE_BYTES / Float.BYTES / width);
    this.values = new float[Math.multiplyExact(pageRows, width)];
  }

  /** Takes rows {@code from} (inclusive) to {@code to}; full pages go to the page writer. */
  void write(ColumnValues.Vectors vectors, int from, int to) throws IOException {
    BitSet nullRows = vectors.nullRows().orElseGet(BitSet::new);
    for (int row = from; row < to; row++) {
      if (nullRows.get(row)) {
        nulls.set(rows);
      } else {
        System.arraycopy(vectors.values(), row * width, values, elements, width);
        elements += width;
      }
      if (++rows == pageRows) {
        flush();
      }
    }
  }

  /** Bytes held that have not gone to the page writer, and those that have. */
  long bufferedBytes() {
    return (long) elements * Float.BYTES + out.getMemSize();
  }

  /** Writes the rows held as a page, if there are any. */
  void flush() throws IOException {
    if (rows == 0) {
      return;
    }
    BytesInput page = BytesInput.concat(BytesInput.from(levels()), BytesInput.from(split()));
    out.writePage(
        page,
        elements + nulls.cardinality(),
        rows,
        Statistics.getBuilderForReading(column.getPrimitiveType()).build(),
        Encoding.RLE,
        Encoding.RLE,
        Encoding.BYTE_STREAM_SPLIT);
    rows = 0;
    elements = 0;
    nulls.clear();
  }

  private byte[] levels() throws IOException {
    if (rows < pageRows || !nulls.isEmpty()) {
      return encodeLevels();
    }
    if (fullPageLevels == null) {
      fullPageLevels = encodeLevels();
    }
    return fullPageLevels;
  }

  private byte[] encodeLevels() throws IOException {
    int present = column.getMaxDefinitionLevel();
    try (RunLengthBitPackingHybridEncoder repetition = encoder(column.getMaxRepetitionLevel());
        RunLengthBitPackingHybridEncoder definition = encoder(present)) {
      for (int row = 0; row < rows; row++) {
        boolean isNull = nulls.get(row);
        repetition.writeInt(0);
        definition.writeInt(isNull ? 0 : present);
        for (int k = 1; k < width && !isNull; k++) {
          repetition.writeInt(1);
          definition.writeInt(present);
        }
      }
      ByteArrayOutputStream levels = new ByteArrayOutputStream();
      sized(repetition.toBytes()).writeAllTo(levels);
      sized(definition.toBytes()).writeAllTo(levels);
      return levels.toByteArray();
    }
  }

  private static RunLengthBitPackingHybridEncoder encoder(int maxLevel) {
    return new RunLengthBitPackingHybridEncoder(
        BytesUtils.getWidthFromMaxInt(maxLevel), 1 << 10, 1 << 16, new HeapByteBufferAllocator());
  }

  private static BytesInput sized(BytesInput levels) {
    return BytesInput.concat(BytesInput.fromInt(Math.toIntExact(levels.size())), levels);
  }

  /** All first bytes (lowest), then all second bytes, and so on: what ZSTD shrinks best. */
  private byte[] split() {
    byte[] bytes = new byte[elements * Float.BYTES];
    for (int i = 0; i < elements; i++) {
      int bits = Float.floatToRawIntBits(values[i]);
      bytes[i] = (byte) bits;
      bytes[elements + i] = (byte) (bits >>> 8);
      bytes[2 * elements + i] = (byte) (bits >>> 16);
      bytes[3 * elements + i] = (byte) (bits >>> 24);
    }
    return bytes;
  }
}
