package dev.tessera.api;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads and writes NumPy's {@code .npy} files (format 1.0 to 3.0; little endian, C order), the
 * format of the challenge and of saved models. Every error names the file, what was wanted and what
 * was found.
 *
 * <p>Source of the format: NumPy Enhancement Proposal 1 and the documentation of {@code
 * numpy.lib.format}.
 */
public final class Npy {

  private static final int CHUNK_BYTES = 1 << 16;
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final Pattern DESCR = Pattern.compile("'descr':\\s*'([^']*)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order':\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape':\\s*\\(([^)]*)\\)");

  private Npy() {}

  /**
   * What a file holds.
   *
   * @param dtype NumPy's name, e.g. {@code <i8}, {@code <f2}
   * @param shape the lengths of the dimensions
   * @param dataOffset where the values start, in bytes
   */
  public record Header(String dtype, int[] shape, long dataOffset) {

    /** The number of values. */
    public long size() {
      long size = 1;
      for (int length : shape) {
        size *= length;
      }
      return size;
    }

    /** The bytes of one value. */
    public int itemBytes() {
      return Integer.parseInt(dtype.substring(2));
    }

    @Override
    public String toString() {
      return dtype
          + " ["
          + Arrays.stream(shape).mapToObj(String::valueOf).collect(Collectors.joining(", "))
          + "]";
    }
  }

  /** Reads the header and checks that the file is as long as it says. */
  public static Header header(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      return header(file, channel);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /**
   * Reads a one-dimensional int64 array.
   *
   * @throws PluginException if the file holds another type or shape, or is truncated
   */
  public static long[] readLongs(Path file) {
    Header header = header(file);
    if (!header.dtype().equals("<i8") || header.shape().length != 1) {
      throw invalid(file, "wanted a one-dimensional int64 array (<i8), found " + header);
    }
    long[] values = new long[arrayLength(file, header)];
    read(file, header, (buffer, first, n) -> buffer.asLongBuffer().get(values, first, n));
    return values;
  }

  /**
   * Reads an int32 array of any shape, flat.
   *
   * @throws PluginException if the file holds another type, or is truncated
   */
  public static int[] readInts(Path file) {
    Header header = header(file);
    if (!header.dtype().equals("<i4")) {
      throw invalid(file, "wanted an int32 array (<i4), found " + header);
    }
    int[] values = new int[arrayLength(file, header)];
    read(file, header, (buffer, first, n) -> buffer.asIntBuffer().get(values, first, n));
    return values;
  }

  /**
   * Reads a float16 or float32 array of any shape, flat, row after row.
   *
   * @throws PluginException if the file holds another type, or is truncated
   */
  public static float[] readFloats(Path file) {
    Header header = header(file);
    float[] values = new float[arrayLength(file, header)];
    switch (header.dtype()) {
      case "<f4" ->
          read(file, header, (buffer, first, n) -> buffer.asFloatBuffer().get(values, first, n));
      case "<f2" ->
          read(
              file,
              header,
              (buffer, first, n) -> {
                for (int i = 0; i < n; i++) {
                  values[first + i] = Float16.toFloat(buffer.getShort(i * Short.BYTES));
                }
              });
      default -> throw invalid(file, "wanted float16 or float32 (<f2, <f4), found " + header);
    }
    return values;
  }

  /**
   * Reads a float64 array of any shape, flat, row after row.
   *
   * @throws PluginException if the file holds another type, or is truncated
   */
  public static double[] readDoubles(Path file) {
    Header header = header(file);
    if (!header.dtype().equals("<f8")) {
      throw invalid(file, "wanted a float64 array (<f8), found " + header);
    }
    double[] values = new double[arrayLength(file, header)];
    read(file, header, (buffer, first, n) -> buffer.asDoubleBuffer().get(values, first, n));
    return values;
  }

  /** Writes an int64 array. */
  public static void write(Path file, long[] values, int... shape) {
    try (NpyWriter out = new NpyWriter(file, "<i8", shape)) {
      out.write(values, values.length);
      out.finish();
    }
  }

  /** Writes a float32 array. */
  public static void write(Path file, float[] values, int... shape) {
    try (NpyWriter out = new NpyWriter(file, "<f4", shape)) {
      out.write(values, values.length);
      out.finish();
    }
  }

  /** Writes a float64 array. */
  public static void write(Path file, double[] values, int... shape) {
    try (NpyWriter out = new NpyWriter(file, "<f8", shape)) {
      out.write(values, values.length);
      out.finish();
    }
  }

  /**
   * What stands in a file before its values, for who writes these out of order.
   *
   * @param dtype {@code <i8}, {@code <f8}, {@code <f4} or {@code <f2}
   * @param shape the lengths of the dimensions
   */
  public static byte[] encodeHeader(String dtype, int... shape) {
    String lengths =
        Arrays.stream(shape).mapToObj(String::valueOf).collect(Collectors.joining(", "));
    String dictionary =
        "{'descr': '%s', 'fortran_order': False, 'shape': (%s%s), }"
            .formatted(dtype, lengths, shape.length == 1 ? "," : "");
    // the values start at a multiple of 64; the header ends with a line feed
    int unpadded = MAGIC.length + 4 + dictionary.length() + 1;
    int padding = (64 - unpadded % 64) % 64;
    byte[] text = (dictionary + " ".repeat(padding) + "\n").getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer bytes =
        ByteBuffer.allocate(MAGIC.length + 4 + text.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) text.length).put(text);
    return bytes.array();
  }

  private static Header header(Path file, FileChannel channel) throws IOException {
    ByteBuffer start = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    readFully(channel, start, 0);
    if (start.position() < 12 || !Arrays.equals(Arrays.copyOf(start.array(), 6), MAGIC)) {
      throw invalid(file, "wanted a NumPy .npy file, found something else or a truncated one");
    }
    boolean shortLength = start.get(6) == 1;
    int length = shortLength ? start.getShort(8) & 0xffff : start.getInt(8);
    int textOffset = shortLength ? 10 : 12;
    if (length < 0 || length > channel.size() - textOffset) {
      throw invalid(file, "wanted a NumPy .npy file, found one with a truncated header");
    }
    ByteBuffer text = ByteBuffer.allocate(length);
    readFully(channel, text, textOffset);
    String dictionary = new String(text.array(), StandardCharsets.ISO_8859_1);
    String dtype = group(file, DESCR, dictionary);
    int[] shape =
        Arrays.stream(group(file, SHAPE, dictionary).split(","))
            .map(String::strip)
            .filter(part -> !part.isEmpty())
            .mapToInt(Integer::parseInt)
            .toArray();
    if (!dtype.matches("[<|][a-z][0-9]+")) {
      throw invalid(file, "wanted a little-endian array of numbers, found dtype " + dtype);
    }
    if (group(file, ORDER, dictionary).equals("True") && shape.length > 1) {
      throw invalid(file, "wanted rows one after the other (C order), found Fortran order");
    }
    Header header = new Header(dtype, shape, (long) textOffset + length);
    long wanted = header.dataOffset() + header.size() * header.itemBytes();
    if (channel.size() < wanted) {
      throw invalid(
          file,
          "truncated: %s needs %d bytes, the file has %d"
              .formatted(header, wanted, channel.size()));
    }
    return header;
  }

  private interface Chunk {
    void copy(ByteBuffer buffer, int first, int count);
  }

  private static void read(Path file, Header header, Chunk chunk) {
    int itemBytes = header.itemBytes();
    ByteBuffer buffer = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      int size = arrayLength(file, header);
      for (int first = 0; first < size; ) {
        int count = Math.min(CHUNK_BYTES / itemBytes, size - first);
        buffer.clear().limit(count * itemBytes);
        readFully(channel, buffer, header.dataOffset() + (long) first * itemBytes);
        buffer.flip();
        chunk.copy(buffer, first, count);
        first += count;
      }
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static void readFully(FileChannel channel, ByteBuffer buffer, long from)
      throws IOException {
    long position = from;
    while (buffer.hasRemaining()) {
      int read = channel.read(buffer, position);
      if (read < 0) {
        return;
      }
      position += read;
    }
  }

  private static int arrayLength(Path file, Header header) {
    if (header.size() > Integer.MAX_VALUE - 8) {
      throw invalid(file, "wanted at most 2^31 values, found " + header);
    }
    return (int) header.size();
  }

  private static String group(Path file, Pattern pattern, String dictionary) {
    Matcher matcher = pattern.matcher(dictionary);
    if (!matcher.find()) {
      throw invalid(file, "wanted a NumPy .npy header, found '" + dictionary.strip() + "'");
    }
    return matcher.group(1);
  }

  private static PluginException invalid(Path file, String message) {
    return new PluginException(ErrorCode.INVALID_DATA, file + ": " + message);
  }

  private static PluginException unreadable(Path file, IOException e) {
    return Files.exists(file)
        ? FileFault.of(file, "cannot be read", e)
        : new PluginException(ErrorCode.IO, file + ": no such file", e);
  }
}
