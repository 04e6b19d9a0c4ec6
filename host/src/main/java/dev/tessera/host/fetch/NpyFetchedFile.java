package dev.tessera.host.fetch;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.Npy;
import dev.tessera.api.PluginException;
import dev.tessera.client.EmbeddingInfo;
import dev.tessera.client.EmbeddingRows;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;

/**
 * Two NumPy files: {@code NAME.npy}, float32 [rows, D] with NaN for unknown clients, and {@code
 * NAME_client_ids.npy}, int64 [rows]. The matrix appears last. Every row has its place, so that
 * several threads may write.
 */
final class NpyFetchedFile implements FetchedFile {

  private final Array matrix;
  private final Array ids;
  private final int dimension;

  NpyFetchedFile(Path file, EmbeddingInfo info, long rows) {
    if (rows > Integer.MAX_VALUE) {
      throw new PluginException(
          ErrorCode.INVALID_CONFIG,
          "%s: too many rows for one array (%d): fetch to .parquet".formatted(file, rows));
    }
    dimension = info.dimension();
    matrix = new Array(file, rows, (long) Float.BYTES * dimension);
    try {
      matrix.begin("<f4", (int) rows, dimension);
      ids = new Array(idsFile(file), rows, Long.BYTES);
      ids.begin("<i8", (int) rows);
    } catch (RuntimeException e) {
      matrix.discard();
      FetchedFile.discard(idsFile(file));
      throw e;
    }
  }

  /** {@code profile.npy} → {@code profile_client_ids.npy}. */
  static Path idsFile(Path matrixFile) {
    String name = matrixFile.getFileName().toString();
    String stem = name.substring(0, name.length() - ".npy".length());
    return matrixFile.resolveSibling(stem + "_client_ids.npy");
  }

  @Override
  public boolean takesAnyOrder() {
    return true;
  }

  @Override
  public void write(long first, EmbeddingRows rows) {
    ids.write(first, buffer(rows.clientIds(), (long) Long.BYTES * rows.size()));
    FieldVector values = rows.embeddings().getDataVector();
    matrix.write(
        first,
        rows.unknown() == 0
            ? buffer(values, matrix.rowBytes * rows.size())
            : withNaN(rows, values.getDataBuffer()));
  }

  private ByteBuffer buffer(FieldVector values, long bytes) {
    return values.getDataBuffer().nioBuffer(0, Math.toIntExact(bytes));
  }

  private ByteBuffer withNaN(EmbeddingRows rows, ArrowBuf values) {
    ByteBuffer copy =
        ByteBuffer.allocate(Math.toIntExact(matrix.rowBytes * rows.size()))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int row = 0; row < rows.size(); row++) {
      if (rows.isUnknown(row)) {
        for (int column = 0; column < dimension; column++) {
          copy.putFloat(Float.NaN);
        }
      } else {
        copy.put(values.nioBuffer(matrix.rowBytes * row, (int) matrix.rowBytes));
      }
    }
    return copy.flip();
  }

  @Override
  public void commit() {
    ids.finish();
    matrix.finish();
    FetchedFile.moveIntoPlace(ids.file);
    FetchedFile.moveIntoPlace(matrix.file);
  }

  @Override
  public void close() {
    try {
      matrix.discard();
    } finally {
      ids.discard();
    }
  }

  /** One array, written aside. */
  private static final class Array {
    private final Path file;
    private final long rows;
    private final long rowBytes;
    private final FileChannel channel;
    private long start;

    Array(Path file, long rows, long rowBytes) {
      this.file = file;
      this.rows = rows;
      this.rowBytes = rowBytes;
      channel = FetchedFile.openAside(file);
    }

    void begin(String dtype, int... shape) {
      byte[] header = Npy.encodeHeader(dtype, shape);
      start = header.length;
      writeFrom(0, ByteBuffer.wrap(header));
    }

    void write(long row, ByteBuffer bytes) {
      writeFrom(start + row * rowBytes, bytes);
    }

    private void writeFrom(long position, ByteBuffer bytes) {
      long at = position;
      try {
        while (bytes.hasRemaining()) {
          at += channel.write(bytes, at);
        }
      } catch (IOException e) {
        throw FetchedFile.unwritable(file, e);
      }
    }

    /** Closes what is whole, and on the disk. */
    void finish() {
      try {
        if (channel.size() != start + rows * rowBytes) {
          throw new IllegalStateException(
              "%s: wanted %d rows, they are not all there".formatted(file, rows));
        }
        channel.force(false);
        channel.close();
      } catch (IOException e) {
        throw FetchedFile.unwritable(file, e);
      }
    }

    void discard() {
      FetchedFile.discard(file, channel);
    }
  }
}
