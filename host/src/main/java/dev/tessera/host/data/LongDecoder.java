package dev.tessera.host.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;

/** Turns a column of ids or times, of any type that is taken, into longs. */
interface LongDecoder {

  /** The types of ids, in words. */
  String ID_TYPES = "int64 or int32";

  /** The types of times, in words. */
  String TIME_TYPES = "timestamp (any unit), date or text 'YYYY-MM-DD HH:mm:ss'";

  /** Microseconds of a day. */
  long DAY_MICROS = 86_400_000_000L;

  /**
   * Decodes a batch; what stands in null rows is undefined.
   *
   * @param firstRow the file's row that the batch starts with, for errors
   * @param into at least as long as the batch
   */
  void decode(FieldVector vector, long firstRow, long[] into);

  /** The decoder of an id column, which must be there and of a type that is taken. */
  static LongDecoder ofIds(ParquetTable table, String column) {
    ArrowType type = table.require(column, LongDecoder::isId, ID_TYPES);
    return ((ArrowType.Int) type).getBitWidth() == Long.SIZE
        ? (vector, firstRow, into) -> longs(vector, into)
        : (vector, firstRow, into) -> ints(vector, into);
  }

  /** The decoder of a time column; it gives microseconds since 1970-01-01T00:00Z. */
  static LongDecoder ofTimes(ParquetTable table, String column) {
    ArrowType type = table.require(column, LongDecoder::isTime, TIME_TYPES);
    if (TextBatch.isText(type)) {
      return new TextTimeDecoder(table.file(), column);
    }
    if (type instanceof ArrowType.Timestamp timestamp) {
      return ofUnit(timestamp.getUnit());
    }
    return (vector, firstRow, into) -> {
      ints(vector, into);
      multiply(into, vector.getValueCount(), DAY_MICROS);
    };
  }

  /** The decoder of a timestamp column of a unit. */
  static LongDecoder ofUnit(TimeUnit unit) {
    return (vector, firstRow, into) -> {
      longs(vector, into);
      int rows = vector.getValueCount();
      switch (unit) {
        case SECOND -> multiply(into, rows, 1_000_000);
        case MILLISECOND -> multiply(into, rows, 1_000);
        case MICROSECOND -> {}
        case NANOSECOND -> {
          for (int i = 0; i < rows; i++) {
            into[i] = Math.floorDiv(into[i], 1_000L);
          }
        }
      }
    };
  }

  private static boolean isId(ArrowType type) {
    return type instanceof ArrowType.Int integer
        && integer.getIsSigned()
        && (integer.getBitWidth() == Long.SIZE || integer.getBitWidth() == Integer.SIZE);
  }

  private static boolean isTime(ArrowType type) {
    return type instanceof ArrowType.Timestamp
        || TextBatch.isText(type)
        || type instanceof ArrowType.Date date && date.getUnit() == DateUnit.DAY;
  }

  /** Copies a column of 64-bit values; what stands in null rows is undefined. */
  static void longs(FieldVector vector, long[] into) {
    int rows = vector.getValueCount();
    bytes(vector, rows * Long.BYTES).asLongBuffer().get(into, 0, rows);
  }

  private static void ints(FieldVector vector, long[] into) {
    int rows = vector.getValueCount();
    ByteBuffer bytes = bytes(vector, rows * Integer.BYTES);
    for (int i = 0; i < rows; i++) {
      into[i] = bytes.getInt(i * Integer.BYTES);
    }
  }

  private static ByteBuffer bytes(FieldVector vector, int sizeBytes) {
    return vector.getDataBuffer().nioBuffer(0, sizeBytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void multiply(long[] values, int rows, long factor) {
    for (int i = 0; i < rows; i++) {
      values[i] *= factor;
    }
  }
}
