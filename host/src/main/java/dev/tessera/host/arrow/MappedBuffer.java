package dev.tessera.host.arrow;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.ForeignAllocation;
import org.apache.arrow.memory.util.MemoryUtil;

/**
 * A read-only mapped part of a file behind an {@link ArrowBuf}. The ArrowBuf holds the mapping
 * reachable; the JVM unmaps it once no ArrowBuf is. Unmapping at the last release instead would
 * turn a plugin's use after close into a crash of the JVM when Arrow's checks are off.
 */
final class MappedBuffer extends ForeignAllocation {

  @SuppressWarnings({"unused", "UnusedVariable"}) // keeps the mapping reachable
  private final MappedByteBuffer mapping;

  private MappedBuffer(MappedByteBuffer mapping) {
    super(mapping.capacity(), MemoryUtil.getByteBufferAddress(mapping));
    this.mapping = mapping;
  }

  /**
   * Maps {@code sizeBytes} bytes (1 to 2 GiB - 1) at {@code offset}; the caller releases the
   * result. The size counts in {@code allocator}, though it takes no memory of the process's own.
   */
  static ArrowBuf map(FileChannel channel, long offset, long sizeBytes, BufferAllocator allocator)
      throws IOException {
    MappedByteBuffer mapping = channel.map(FileChannel.MapMode.READ_ONLY, offset, sizeBytes);
    ArrowBuf buffer = allocator.wrapForeignAllocation(new MappedBuffer(mapping));
    buffer.writerIndex(sizeBytes);
    return buffer;
  }

  @Override
  protected void release0() {
    // Nothing: see the class comment.
  }
}
