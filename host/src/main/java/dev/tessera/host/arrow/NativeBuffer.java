package dev.tessera.host.arrow;

import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.ForeignAllocation;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.memory.util.MemoryUtil;

/**
 * A large block taken from the system for itself: its pages cost nothing until they are written,
 * and go back at once when it is released. Arrow's pooled allocator would keep them, round the size
 * up, and stop at Netty's own limit, which is the size of the heap.
 */
public final class NativeBuffer extends ForeignAllocation {

  private NativeBuffer(long sizeBytes, long address) {
    super(sizeBytes, address);
  }

  /**
   * Takes {@code sizeBytes} bytes, whose values are undefined; the caller releases the result.
   *
   * @throws OutOfMemoryException when the allocator's limit or the system's memory does not allow
   *     it
   */
  public static ArrowBuf allocate(BufferAllocator allocator, long sizeBytes) {
    if (sizeBytes == 0) {
      return allocator.getEmpty();
    }
    long address = MemoryUtil.allocateMemory(sizeBytes);
    try {
      ArrowBuf buffer = allocator.wrapForeignAllocation(new NativeBuffer(sizeBytes, address));
      buffer.writerIndex(sizeBytes);
      return buffer;
    } catch (OutOfMemoryException e) {
      // At its limit the allocator has not taken the block over yet.
      MemoryUtil.freeMemory(address);
      throw e;
    }
  }

  /** A copy of {@code values}; the caller releases it. */
  public static ArrowBuf of(BufferAllocator allocator, long... values) {
    ArrowBuf buffer = allocate(allocator, (long) Long.BYTES * values.length);
    for (int i = 0; i < values.length; i++) {
      buffer.setLong((long) Long.BYTES * i, values[i]);
    }
    return buffer;
  }

  /** A copy of {@code values}; the caller releases it. */
  public static ArrowBuf of(BufferAllocator allocator, int... values) {
    ArrowBuf buffer = allocate(allocator, (long) Integer.BYTES * values.length);
    for (int i = 0; i < values.length; i++) {
      buffer.setInt((long) Integer.BYTES * i, values[i]);
    }
    return buffer;
  }

  /** A copy of {@code values}; the caller releases it. */
  public static ArrowBuf of(BufferAllocator allocator, byte... values) {
    ArrowBuf buffer = allocate(allocator, values.length);
    buffer.setBytes(0, values);
    return buffer;
  }

  @Override
  protected void release0() {
    MemoryUtil.freeMemory(memoryAddress());
  }
}
