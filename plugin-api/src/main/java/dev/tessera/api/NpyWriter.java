package dev.tessera.api;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes one {@code .npy} file piece by piece, so that an array larger than memory can be written.
 * The shape is given at the start and checked by {@link #finish}. Not safe for several threads.
 */
public final class NpyWriter implements AutoCloseable {

  private static final int BUFFER_BYTES = 1 << 18;

  private final Path file;
  private final String dtype;
  private final long size;
  private final FileChannel channel;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private long written;

  /**
   * Creates the file, or empties it.
   *
   * @param dtype {@code <i8}, {@code <f8}, {@code <f4} or {@code <f2}
   * @param shape the lengths of the dimensions
   */
  public NpyWriter(Path file, String dtype, int... shape) {
    this.file = file;
    this.dtype = dtype;
    this.size = new Npy.Header(dtype, shape, 0).size();
    try {
      channel =
          FileChannel.open(
              file,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING);
    } catch (IOException e) {
      throw unwritable(e);
    }
    buffer.put(Npy.encodeHeader(dtype, shape));
  }

  /** Adds int64 values. */
  public void write(long[] values, int count) {
    expect("<i8");
    for (int i = 0; i < count; i++) {
      room(Long.BYTES);
      buffer.putLong(values[i]);
    }
    written += count;
  }

  /** Adds float64 values. */
  public void write(double[] values, int count) {
    expect("<f8");
    for (int i = 0; i < count; i++) {
      room(Double.BYTES);
      buffer.putDouble(values[i]);
    }
    written += count;
  }

  /** Adds float32 values. */
  public void write(float[] values, int count) {
    expect("<f4");
    for (int i = 0; i < count; i++) {
      room(Float.BYTES);
      buffer.putFloat(values[i]);
    }
    written += count;
  }

  /** Adds float16 values, each the half nearest to a float; the caller has checked for overflow. */
  public void writeHalves(float[] values, int count) {
    expect("<f2");
    for (int i = 0; i < count; i++) {
      room(Short.BYTES);
      buffer.putShort(Float16.fromFloat(values[i]));
    }
    written += count;
  }

  /** Flushes, and checks that as many values came as the shape says. */
  public void finish() {
    if (written != size) {
      throw new IllegalStateException(
          "%s: the shape says %d values, %d were written".formatted(file, size, written));
    }
    flush();
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private void expect(String wanted) {
    if (!dtype.equals(wanted)) {
      throw new IllegalStateException(file + " holds " + dtype + ", not " + wanted);
    }
  }

  private void room(int bytes) {
    if (buffer.remaining() < bytes) {
      flush();
    }
  }

  private void flush() {
    buffer.flip();
    try {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
    buffer.clear();
  }

  private PluginException unwritable(IOException e) {
    return FileFault.of(file, "cannot be written", e);
  }
}
