package dev.tessera.host.config;

/**
 * How much memory a run may take: {@code 12G}, {@code 900M}, or {@code 60%} of the machine's.
 *
 * @param text as it was written
 */
public record MemoryLimit(String text) {

  /**
   * The limit in bytes.
   *
   * @param machineBytes the memory of the machine or container
   */
  public long bytes(long machineBytes) {
    throw new UnsupportedOperationException("skeleton" + machineBytes);
  }
}
