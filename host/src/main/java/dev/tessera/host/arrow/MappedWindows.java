package dev.tessera.host.arrow;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.message.ArrowBlock;

/**
 * Maps the buffers of a file whose record batches follow one another, many batches at once: a
 * process may have some ten thousand mappings, and an embedding of gigabytes has as many buffers. A
 * batch that is larger than a window has a mapping for each buffer.
 */
final class MappedWindows implements AutoCloseable {

  private static final long WINDOW_BYTES = 1L << 30;

  private final FileChannel channel;
  private final List<ArrowBlock> blocks;
  private final BufferAllocator allocator;
  private ArrowBuf window;
  private long start;
  private long end;

  MappedWindows(FileChannel channel, List<ArrowBlock> blocks, BufferAllocator allocator) {
    this.channel = channel;
    this.blocks = blocks;
    this.allocator = allocator;
    this.window = allocator.getEmpty();
  }

  /** A part of the file; the caller releases it. */
  ArrowBuf map(long offset, long sizeBytes) throws IOException {
    if (sizeBytes == 0) {
      return allocator.getEmpty();
    }
    if (sizeBytes > Integer.MAX_VALUE) {
      throw new IOException(
          "buffers must be below 2 GiB, found " + sizeBytes + " bytes; write smaller batches");
    }
    if (offset < 0 || sizeBytes < 0 || offset > channel.size() - sizeBytes) {
      throw new IOException(
          "wanted %d bytes at %d, the file ends at %d"
              .formatted(sizeBytes, offset, channel.size()));
    }
    if (offset < start || offset + sizeBytes > end) {
      open(offset);
    }
    if (offset < start || offset + sizeBytes > end) {
      return MappedBuffer.map(channel, offset, sizeBytes, allocator);
    }
    ArrowBuf part = window.slice(offset - start, sizeBytes);
    part.getReferenceManager().retain();
    return part;
  }

  /** Moves the window to the batch of an offset and as many after it as it can hold. */
  private void open(long offset) throws IOException {
    long from = 0;
    long to = 0;
    for (ArrowBlock block : blocks) {
      long first = block.getOffset() + block.getMetadataLength();
      long last = first + block.getBodyLength();
      if (to == 0 && first <= offset && offset < last) {
        from = first;
        to = first;
      }
      if (to > 0 && first >= to && last - from <= WINDOW_BYTES && last <= channel.size()) {
        to = last;
      } else if (to > 0) {
        break;
      }
    }
    if (to > from) {
      window.close();
      window = allocator.getEmpty();
      start = 0;
      end = 0;
      window = MappedBuffer.map(channel, from, to - from, allocator);
      start = from;
      end = to;
    }
  }

  @Override
  public void close() {
    window.close();
  }
}
