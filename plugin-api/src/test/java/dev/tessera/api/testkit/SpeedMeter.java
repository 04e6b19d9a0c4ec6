package dev.tessera.api.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntToLongFunction;

/**
 * Measures how much of something a step does in a second, after a warm-up of a third of the time.
 * The machine's load average is printed beside: a figure counts only if nothing else ran. Where
 * something did, the figure per second of processor time, all threads together, says more. Linux
 * only, for it reads {@code /proc}.
 */
public final class SpeedMeter {

  private static final double TICKS_PER_SECOND = 100;

  /** Fields of {@code /proc/self/stat} behind the name, from 0. */
  private static final int MINOR_FAULTS = 7;

  private static final int USER_TICKS = 11;
  private static final int SYSTEM_TICKS = 12;

  private SpeedMeter() {}

  /**
   * Runs a step again and again, and prints a line.
   *
   * @param what is measured
   * @param unit of what a step does
   * @param step given the number of the step, says how much it did
   */
  public static void measure(String what, String unit, int seconds, IntToLongFunction step) {
    int index = 0;
    long warm = 0;
    long end = System.nanoTime() + seconds * 333_000_000L;
    do {
      warm = Math.max(warm, step.applyAsLong(index++));
    } while (System.nanoTime() < end);
    if (warm == 0) {
      throw new IllegalStateException(what + ": the step does nothing");
    }
    long faults = stat(MINOR_FAULTS);
    double busy = processorSeconds();
    long start = System.nanoTime();
    end = start + seconds * 1_000_000_000L;
    long units = 0;
    int steps = 0;
    do {
      units += step.applyAsLong(index++);
      steps++;
    } while (System.nanoTime() < end);
    double elapsed = (System.nanoTime() - start) / 1e9;
    System.out.printf(
        "%s: %,.0f %s/s, %,.0f per second of processor time; %d steps of %,d, %.0f ms each, %,d page faults a step, load %.2f, peak %s%n",
        what,
        units / elapsed,
        unit,
        units / (processorSeconds() - busy),
        steps,
        units / steps,
        1e3 * elapsed / steps,
        (stat(MINOR_FAULTS) - faults) / steps,
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
        peak());
  }

  private static double processorSeconds() {
    return (stat(USER_TICKS) + stat(SYSTEM_TICKS)) / TICKS_PER_SECOND;
  }

  private static long stat(int field) {
    try {
      String stat = Files.readString(Path.of("/proc/self/stat"));
      return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[field]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String peak() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("VmHWM"))
          .findFirst()
          .map(line -> line.replaceAll("\\D", "") + " kB")
          .orElse("");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
