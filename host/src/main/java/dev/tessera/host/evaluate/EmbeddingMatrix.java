package dev.tessera.host.evaluate;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.FileFault;
import dev.tessera.api.Float16;
import dev.tessera.api.Npy;
import dev.tessera.api.PluginException;
import dev.tessera.host.store.EmbeddingFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.stream.IntStream;

/**
 * An embedding as the challenge's files hold it, float16 or float32, mapped: rows are decoded when
 * they are read. Safe to read from any thread.
 */
public final class EmbeddingMatrix {

  private static final long SEGMENT_BYTES = 1L << 30;

  private final String name;
  private final long[] clients;
  private final int dimension;
  private final RowReader reader;

  private interface RowReader {
    void read(int row, float[] into, int at);
  }

  private EmbeddingMatrix(String name, long[] clients, int dimension, RowReader reader) {
    this.name = name;
    this.clients = clients;
    this.dimension = dimension;
    this.reader = reader;
  }

  /**
   * Opens {@code client_ids.npy} and {@code embeddings.npy} of a folder.
   *
   * @param name under which the embedding is reported
   * @throws PluginException if a file is missing or malformed, or their lengths disagree
   */
  public static EmbeddingMatrix open(String name, EmbeddingFolder folder) {
    return open(name, folder.clientIds(), folder.halves());
  }

  /** As above, for files of any names. */
  public static EmbeddingMatrix open(String name, Path ids, Path values) {
    long[] clients = Npy.readLongs(ids);
    Npy.Header header = Npy.header(values);
    if (header.shape().length != 2 || !header.dtype().matches("<f[24]")) {
      throw invalid(values + ": wanted a float16 or float32 matrix, found " + header);
    }
    if (header.shape()[0] != clients.length) {
      throw invalid(
          "%s: wanted as many rows as %s has clients (%d), found %d"
              .formatted(values, ids.getFileName(), clients.length, header.shape()[0]));
    }
    if (clients.length == 0 || header.shape()[1] == 0) {
      throw invalid(values + ": wanted at least one client and one column, found " + header);
    }
    return new EmbeddingMatrix(name, clients, header.shape()[1], mapped(values, header));
  }

  /** The values of a file whose clients are not known. */
  static EmbeddingMatrix ofValues(Path values, Npy.Header header) {
    return new EmbeddingMatrix(
        values.toString(), new long[header.shape()[0]], header.shape()[1], mapped(values, header));
  }

  /** An embedding in memory. */
  static EmbeddingMatrix of(String name, long[] clients, int dimension, float[] values) {
    return new EmbeddingMatrix(
        name,
        clients,
        dimension,
        (row, into, at) -> System.arraycopy(values, row * dimension, into, at, dimension));
  }

  private static RowReader mapped(Path file, Npy.Header header) {
    int dimension = header.shape()[1];
    int rowBytes = Math.multiplyExact(dimension, header.itemBytes());
    int rowsPerSegment = (int) Math.max(1, SEGMENT_BYTES / rowBytes);
    int rows = header.shape()[0];
    ByteBuffer[] segments = new ByteBuffer[(rows + rowsPerSegment - 1) / rowsPerSegment];
    try (FileChannel channel = FileChannel.open(file)) {
      for (int s = 0; s < segments.length; s++) {
        long first = (long) s * rowsPerSegment;
        long bytes = Math.min(rowsPerSegment, rows - first) * rowBytes;
        segments[s] =
            channel
                .map(FileChannel.MapMode.READ_ONLY, header.dataOffset() + first * rowBytes, bytes)
                .order(ByteOrder.LITTLE_ENDIAN);
      }
    } catch (IOException e) {
      throw FileFault.of(file, "cannot be read", e);
    }
    boolean halves = header.itemBytes() == Short.BYTES;
    return (row, into, at) -> {
      ByteBuffer segment = segments[row / rowsPerSegment];
      int from = row % rowsPerSegment * rowBytes;
      for (int i = 0; i < dimension; i++) {
        into[at + i] =
            halves
                ? Float16.toFloat(segment.getShort(from + i * Short.BYTES))
                : segment.getFloat(from + i * Float.BYTES);
      }
    };
  }

  /** The name under which it is reported. */
  public String name() {
    return name;
  }

  /** N. */
  public int rows() {
    return clients.length;
  }

  /** D. */
  public int dimension() {
    return dimension;
  }

  /** The client of each row; lent. */
  public long[] clients() {
    return clients;
  }

  /** Copies a row to a place of an array. */
  public void read(int row, float[] into, int at) {
    reader.read(row, into, at);
  }

  /**
   * The same clients with fewer columns.
   *
   * @param columns the columns kept, in their order
   */
  EmbeddingMatrix select(String newName, int[] columns) {
    int[] kept = columns.clone();
    return new EmbeddingMatrix(
        newName,
        clients,
        kept.length,
        (row, into, at) -> {
          float[] whole = new float[dimension];
          reader.read(row, whole, 0);
          for (int i = 0; i < kept.length; i++) {
            into[at + i] = whole[kept[i]];
          }
        });
  }

  /** Fails unless every value is finite; names the first that is not. */
  void requireFinite() {
    IntStream.range(0, rows())
        .parallel()
        .mapToObj(this::firstNotFinite)
        .filter(fault -> !fault.isEmpty())
        .findFirst()
        .ifPresent(
            fault -> {
              throw invalid(name + ": wanted finite values, found " + fault);
            });
  }

  private String firstNotFinite(int row) {
    float[] values = new float[dimension];
    read(row, values, 0);
    for (int c = 0; c < dimension; c++) {
      if (!Float.isFinite(values[c])) {
        return "%s in column %d for client %d".formatted(values[c], c, clients[row]);
      }
    }
    return "";
  }

  @Override
  public String toString() {
    return "%s [%d, %d]".formatted(name, clients.length, dimension);
  }

  private static PluginException invalid(String message) {
    return new PluginException(ErrorCode.INVALID_DATA, message);
  }
}
