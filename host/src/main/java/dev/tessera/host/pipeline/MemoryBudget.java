package dev.tessera.host.pipeline;

import com.sun.management.OperatingSystemMXBean;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.host.config.MemoryLimit;
import java.lang.management.ManagementFactory;

/**
 * How a run's memory is shared out. The heap's size is fixed when the JVM starts (the launcher
 * makes it 45 % of the limit); Arrow gets what the heap and the JVM itself leave.
 *
 * @param limitBytes what the run may take in all
 * @param heapBytes of it, the heap's maximum
 * @param nativeBytes of it, Arrow's maximum
 */
public record MemoryBudget(long limitBytes, long heapBytes, long nativeBytes) {

  private static final long JVM_OWN_BYTES = 200L << 20;
  private static final long MIN_NATIVE_BYTES = 64L << 20;

  /** The least limit that leaves Arrow its least, with 45 % of it for the heap. */
  private static final long MIN_LIMIT_BYTES = 480L << 20;

  /**
   * The budget of this process.
   *
   * @throws PluginException INVALID_CONFIG if the limit is below 480 MB, or the heap leaves no room
   *     under it
   */
  public static MemoryBudget of(MemoryLimit limit) {
    long limitBytes = limit.bytes(machineBytes());
    if (limitBytes < MIN_LIMIT_BYTES) {
      throw new PluginException(
          ErrorCode.INVALID_CONFIG,
          "wanted a memory limit of at least %dM, found %s; raise --memory-limit"
              .formatted(MIN_LIMIT_BYTES >> 20, limit.text()));
    }
    long heapBytes = Runtime.getRuntime().maxMemory();
    long nativeBytes = limitBytes - heapBytes - JVM_OWN_BYTES;
    if (nativeBytes < MIN_NATIVE_BYTES) {
      throw new PluginException(
          ErrorCode.INVALID_CONFIG,
          "memory-limit %s is %,d MB, but the JVM was started with a heap of %,d MB; give the limit as --memory-limit (the launcher sizes the heap by it) or raise it"
              .formatted(limit.text(), limitBytes >> 20, heapBytes >> 20));
    }
    return new MemoryBudget(limitBytes, heapBytes, nativeBytes);
  }

  private static long machineBytes() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getTotalMemorySize();
  }

  /** What the steps may take together, heap and native. */
  public long stepBytes() {
    return limitBytes - JVM_OWN_BYTES;
  }
}
