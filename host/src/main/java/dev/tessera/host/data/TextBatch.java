package dev.tessera.host.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.pojo.ArrowType;

/** A batch of texts copied to the heap, where parsing is fast. Reused from batch to batch. */
final class TextBatch {

  private static final int EXCERPT_CHARS = 80;

  private byte[] utf8 = new byte[0];
  private int[] offsets = new int[1];
  private int rows;
  private FieldVector nulls;

  static boolean isText(ArrowType type) {
    return type instanceof ArrowType.Utf8 || type instanceof ArrowType.LargeUtf8;
  }

  /** Copies the texts; {@link #isNull} may be asked while {@code vector} is lent. */
  void load(FieldVector vector) {
    rows = vector.getValueCount();
    nulls = vector;
    if (offsets.length < rows + 1) {
      offsets = new int[rows + 1];
    }
    boolean wide = vector.getField().getType() instanceof ArrowType.LargeUtf8;
    int width = wide ? Long.BYTES : Integer.BYTES;
    ByteBuffer source =
        vector.getOffsetBuffer().nioBuffer(0, (rows + 1) * width).order(ByteOrder.LITTLE_ENDIAN);
    long base = wide ? source.getLong(0) : source.getInt(0);
    for (int i = 0; i <= rows; i++) {
      long offset = wide ? source.getLong(i * width) : source.getInt(i * width);
      offsets[i] = Math.toIntExact(offset - base);
    }
    int sizeBytes = offsets[rows];
    if (utf8.length < sizeBytes) {
      utf8 = new byte[sizeBytes];
    }
    if (sizeBytes > 0) {
      vector.getDataBuffer().getBytes(base, utf8, 0, sizeBytes);
    }
  }

  int rows() {
    return rows;
  }

  boolean isNull(int row) {
    return nulls.isNull(row);
  }

  byte[] utf8() {
    return utf8;
  }

  /** The offsets of the texts, one more than there are rows. */
  int[] offsets() {
    return offsets;
  }

  int start(int row) {
    return offsets[row];
  }

  int end(int row) {
    return offsets[row + 1];
  }

  /** Puts a text at the place of one not after it, if all texts before that have been moved. */
  void move(int from, int to) {
    int start = offsets[from];
    int length = offsets[from + 1] - start;
    System.arraycopy(utf8, start, utf8, offsets[to], length);
    offsets[to + 1] = offsets[to] + length;
  }

  /** The start of a text on one line, for errors. */
  String excerpt(int row) {
    String text = new String(utf8, start(row), end(row) - start(row), StandardCharsets.UTF_8);
    String line = text.replaceAll("\\s+", " ");
    return line.length() <= EXCERPT_CHARS ? line : line.substring(0, EXCERPT_CHARS) + "…";
  }
}
