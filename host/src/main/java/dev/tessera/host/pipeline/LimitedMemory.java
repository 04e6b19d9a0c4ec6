package dev.tessera.host.pipeline;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.host.arrow.HostMemory;
import dev.tessera.host.config.MemoryLimit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;

/**
 * The memory of a command that runs no steps. The heap's size is the JVM's own, Arrow gets what is
 * left of the limit; what other libraries take is seen by measuring the process.
 */
public final class LimitedMemory implements AutoCloseable {

  private final MemoryBudget budget;
  private final HostMemory memory;
  private final MemoryProbe probe = new MemoryProbe();
  private boolean exhausted;

  LimitedMemory(MemoryBudget budget) {
    this.budget = budget;
    this.memory = HostMemory.withLimit(budget.nativeBytes());
  }

  /**
   * Memory under a limit.
   *
   * @throws PluginException INVALID_CONFIG if the heap leaves no room under the limit
   */
  public static LimitedMemory of(MemoryLimit limit) {
    return new LimitedMemory(MemoryBudget.of(limit));
  }

  /** The parent of every allocator; owned by this object. */
  public BufferAllocator work() {
    return memory.work();
  }

  /**
   * Does some work.
   *
   * @throws PluginException OUT_OF_MEMORY, in one line, where the heap or Arrow's share is too
   *     small
   */
  public <T> T within(Supplier<T> work) {
    try {
      return work.get();
    } catch (OutOfMemoryError | OutOfMemoryException e) {
      exhausted = true;
      throw tooLittle(String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
    }
  }

  /**
   * A question that long work asks often: what {@code cancelled} says, but with a PluginException
   * OUT_OF_MEMORY once the process has more private memory than the limit.
   */
  public BooleanSupplier watched(BooleanSupplier cancelled) {
    return () -> {
      long found = probe.peakBytes();
      if (found > budget.limitBytes()) {
        throw tooLittle("%,d MB were in use".formatted(found >> 20), null);
      }
      return cancelled.getAsBoolean();
    };
  }

  /** Peak and limit as people read them: {@code peak 812 MB of 18,841 MB}. */
  public String peak() {
    return "peak %,d MB of %,d MB".formatted(probe.peakBytes() >> 20, budget.limitBytes() >> 20);
  }

  private PluginException tooLittle(String found, Throwable cause) {
    return new PluginException(
        ErrorCode.OUT_OF_MEMORY,
        "the memory limit of %,d MB is too small: %s; raise --memory-limit"
            .formatted(budget.limitBytes() >> 20, found),
        cause);
  }

  @Override
  public void close() {
    probe.close();
    // where an allocation fails, Arrow may leave some bytes behind, which go with the process
    if (!exhausted || memory.work().getAllocatedMemory() == 0) {
      memory.close();
    }
  }
}
