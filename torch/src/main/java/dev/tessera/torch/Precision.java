package dev.tessera.torch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** What the factors of a training's products are rounded to; their sums are always float32. */
public enum Precision {
  /** {@link #BFLOAT16} on a CPU that multiplies it, {@link #FLOAT32} elsewhere. */
  AUTO,
  /** 24 significant bits. */
  FLOAT32,
  /** 8 significant bits: on a CPU that multiplies it more than twice as fast as float32. */
  BFLOAT16;

  private static final Path CPU = Path.of("/proc/cpuinfo");
  private static final Set<String> INSTRUCTIONS = Set.of("avx512_bf16", "amx_bf16");
  private static final boolean MULTIPLIED_HERE = lists(CPU, INSTRUCTIONS);

  /**
   * What this means on a device, FLOAT32 or BFLOAT16.
   *
   * @param cpu whether the products are made by the CPU
   * @throws IllegalArgumentException if BFLOAT16 is asked for and the device would only emulate it
   */
  public Precision on(boolean cpu) {
    boolean fast = cpu && MULTIPLIED_HERE;
    if (this == BFLOAT16 && !fast) {
      throw new IllegalArgumentException(
          "bfloat16 needs a CPU with avx512_bf16 or amx_bf16, %s; use auto or float32"
              .formatted(cpu ? "this one has neither" : "the device is another"));
    }
    return fast && this != FLOAT32 ? BFLOAT16 : FLOAT32;
  }

  /** Whether a file in the form of Linux's cpuinfo has a flag out of some. */
  static boolean lists(Path file, Set<String> wanted) {
    try {
      List<String> lines = Files.readAllLines(file);
      return lines.stream()
          .filter(line -> line.startsWith("flags"))
          .limit(1)
          .flatMap(line -> Arrays.stream(line.split("\\s+")))
          .anyMatch(wanted::contains);
    } catch (IOException e) {
      return false;
    }
  }
}
