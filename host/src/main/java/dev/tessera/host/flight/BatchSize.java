package dev.tessera.host.flight;

/** How many bytes rows take in one message, and so how many rows go into one. */
final class BatchSize {

  /**
   * What a message may take, unless eight rows take more. A client's allocator rounds up to a power
   * of two, and keeps memory only for what is small beside its chunks of 4 or 16 MiB.
   */
  static final int MESSAGE_BYTES = 1 << 20;

  /**
   * What a batch that is put together here should take: large enough, and kept in pooled memory.
   */
  private static final int LOOK_UP_BYTES = 1 << 20;

  private BatchSize() {}

  /** The bytes of the four buffers of a batch of float32, each padded to 8 bytes as on the wire. */
  static long bytes(long rows, int dimension) {
    return bytes(rows, dimension, Float.BYTES);
  }

  /** The same for values of another size. */
  static long bytes(long rows, int dimension, int valueBytes) {
    long rowBits = padded((rows + 7) / 8);
    return 2 * rowBits + Long.BYTES * rows + padded(valueBytes * rows * dimension);
  }

  /**
   * The rows of each message when {@code rows} of them are sent: all if they fit, otherwise equal
   * shares. A multiple of 8 when they are shared, so that validity bits can be cut at bytes.
   */
  static int rowsPerMessage(int rows, int dimension) {
    int share = rows;
    for (int messages = 2; bytes(share, dimension) > MESSAGE_BYTES && share > 8; messages++) {
      share = ((rows + messages - 1) / messages + 7) & ~7;
    }
    return share;
  }

  /** The rows of a message that is put together here, at least 1. */
  static int lookUpRows(long vectorBytes) {
    return (int) Math.max(1, LOOK_UP_BYTES / (Long.BYTES + vectorBytes));
  }

  private static long padded(long bytes) {
    return (bytes + 7) & ~7L;
  }
}
