package dev.tessera.host.data;

import dev.tessera.host.progress.ProgressDisplay;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.apache.arrow.memory.BufferAllocator;

/**
 * What opening a store may use.
 *
 * @param allocator parent of the build's memory, which its limit bounds; mapped files are counted
 *     apart, under the same root
 * @param threads at least 1; the store's bytes do not depend on it
 * @param progress where the build shows how far it is
 * @param cancelled asked at least once a batch of rows; true ends the build and leaves nothing
 */
public record StoreOptions(
    BufferAllocator allocator, int threads, ProgressDisplay progress, BooleanSupplier cancelled) {

  /** Checks the number of threads. */
  public StoreOptions {
    Objects.requireNonNull(allocator, "allocator");
    Objects.requireNonNull(progress, "progress");
    Objects.requireNonNull(cancelled, "cancelled");
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, was " + threads);
    }
  }

  /** All processors, silent, never cancelled. */
  public static StoreOptions of(BufferAllocator allocator) {
    return new StoreOptions(
        allocator,
        Runtime.getRuntime().availableProcessors(),
        ProgressDisplay.silent(),
        () -> false);
  }
}
