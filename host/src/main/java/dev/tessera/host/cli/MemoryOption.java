package dev.tessera.host.cli;

import dev.tessera.host.config.MemoryLimit;
import dev.tessera.host.pipeline.LimitedMemory;
import picocli.CommandLine.Option;

/** The memory of a command that is not a run. */
final class MemoryOption {

  @Option(
      names = "--memory-limit",
      paramLabel = "SIZE",
      description = "Memory, as 12G or 60%% (of the machine's; default: 80%%), at least 480M.")
  private MemoryLimit limit = MemoryLimit.USUAL;

  MemoryLimit limit() {
    return limit;
  }

  /** The memory under the limit, to be closed. */
  LimitedMemory open() {
    return LimitedMemory.of(limit);
  }
}
