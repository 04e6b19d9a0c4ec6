package dev.tessera.host.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What Linux says about this process's memory; 0 on other systems. */
final class ProcessMemory {

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path CLEAR = Path.of("/proc/self/clear_refs");

  private ProcessMemory() {}

  /** Bytes in memory now. */
  static long residentBytes() {
    return field("VmRSS:");
  }

  /** The most bytes that were in memory since the start, or since {@link #resetPeak}. */
  static long peakBytes() {
    return field("VmHWM:");
  }

  /** Makes the peak start anew, where the system allows it. */
  static void resetPeak() {
    try {
      if (Files.isWritable(CLEAR)) {
        Files.writeString(CLEAR, "5");
      }
    } catch (IOException e) {
      // The peak then also covers what came before: a larger figure, never a smaller one.
    }
  }

  private static long field(String name) {
    try {
      List<String> lines = Files.exists(STATUS) ? Files.readAllLines(STATUS) : List.of();
      return lines.stream()
          .filter(line -> line.startsWith(name))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}
