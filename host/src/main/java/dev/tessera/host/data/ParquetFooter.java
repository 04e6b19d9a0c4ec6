package dev.tessera.host.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;

/**
 * The end of a Parquet file: its schema, row groups and statistics, as bytes and decoded. It holds
 * every column's offsets, sizes and bounds, so that its checksum changes when the data does.
 *
 * @param file the file
 * @param bytes the encoded footer
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ParquetFooter(Path file, byte[] bytes) {

  private static final String MAGIC = "PAR1";
  private static final int TAIL_BYTES = 8;

  /** Reads the footer's bytes, a few kilobytes for each row group. */
  static ParquetFooter read(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      long size = channel.size();
      byte[] tail = read(channel, Math.max(0, size - TAIL_BYTES), TAIL_BYTES);
      if (tail.length < TAIL_BYTES
          || !new String(tail, 4, 4, StandardCharsets.US_ASCII).equals(MAGIC)) {
        throw DataFault.invalid(
            file, "wanted a Parquet file, found something else or a truncated one");
      }
      long length = ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN).getInt();
      if (length <= 0 || length > size - TAIL_BYTES) {
        throw DataFault.invalid(file, "wanted a Parquet file, found a broken footer");
      }
      return new ParquetFooter(file, read(channel, size - TAIL_BYTES - length, (int) length));
    } catch (IOException e) {
      throw DataFault.unreadable(file, e);
    }
  }

  /** A checksum of the footer. */
  long crc32() {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return crc.getValue();
  }

  /** The decoded footer. */
  FileMetaData decode() {
    try {
      return Util.readFileMetaData(new ByteArrayInputStream(bytes));
    } catch (IOException e) {
      throw DataFault.invalid(file, "wanted a Parquet file, found a broken footer");
    }
  }

  /** False only if the footer's statistics prove that a column has no null. */
  static boolean mayHaveNulls(FileMetaData footer, String column) {
    for (RowGroup group : footer.getRow_groups()) {
      for (ColumnChunk chunk : group.getColumns()) {
        boolean named = String.join(".", chunk.getMeta_data().getPath_in_schema()).equals(column);
        if (named && !hasNoNulls(chunk)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean hasNoNulls(ColumnChunk chunk) {
    return chunk.getMeta_data().isSetStatistics()
        && chunk.getMeta_data().getStatistics().isSetNull_count()
        && chunk.getMeta_data().getStatistics().getNull_count() == 0;
  }

  /** So many bytes from a position on; fewer if the file ends before. */
  private static byte[] read(FileChannel channel, long from, int count) throws IOException {
    return Channels.newInputStream(channel.position(from)).readNBytes(count);
  }
}
