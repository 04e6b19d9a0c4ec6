package dev.tessera.host.arrow;

import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/**
 * The allocator tree of the process; the only place that makes a root. Working memory has a limit.
 * Mapped files are counted apart, since they take none of the process's own memory; both lie under
 * one root, so a buffer may pass from one to the other.
 */
public final class HostMemory implements AutoCloseable {

  private final RootAllocator root = new RootAllocator(Long.MAX_VALUE);
  private final BufferAllocator work;

  private final boolean stepsAnswer;

  private HostMemory(long limitBytes, boolean stepsAnswer) {
    this.work = root.newChildAllocator("work", 0, limitBytes);
    this.stepsAnswer = stepsAnswer;
  }

  /** A tree whose working memory is limited to {@code limitBytes} bytes outside the heap. */
  public static HostMemory withLimit(long limitBytes) {
    return new HostMemory(limitBytes, false);
  }

  /**
   * A tree for a run, each of whose steps fails by itself if it leaves bytes behind. {@link #close}
   * passes over what they left, which goes with the process, so that the other steps' results
   * stand.
   */
  public static HostMemory ofRun(long limitBytes) {
    return new HostMemory(limitBytes, true);
  }

  /** The parent of every allocator that takes real memory; owned by this object. */
  public BufferAllocator work() {
    return work;
  }

  /** A new allocator without a limit, for mapped files only; the caller closes it. */
  public static BufferAllocator forMappedFiles(BufferAllocator relative, String name) {
    return relative.getRoot().newChildAllocator(name, 0, Long.MAX_VALUE);
  }

  /**
   * Closes the tree.
   *
   * @throws IllegalStateException if buffers are left, naming the allocators that hold them; not
   *     after {@link #ofRun}
   */
  @Override
  public void close() {
    if (stepsAnswer && work.getAllocatedMemory() > 0) {
      return;
    }
    work.close();
    root.close();
  }
}
