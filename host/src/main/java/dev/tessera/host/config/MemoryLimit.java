package dev.tessera.host.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much memory a run may take: {@code 12G}, {@code 900M}, or {@code 60%} of the machine's.
 *
 * @param text as it was written
 */
public record MemoryLimit(String text) {

  private static final Pattern SYNTAX =
      Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,9})?)(%|[KMGT])(?:i?B)?");

  /** Where nothing else is said. */
  public static final MemoryLimit USUAL = new MemoryLimit("80%");

  /** Checks the text; {@link IllegalArgumentException} says what it must be. */
  public MemoryLimit {
    Matcher matcher = SYNTAX.matcher(text);
    boolean right = matcher.matches() && Double.parseDouble(matcher.group(1)) > 0;
    if (right && matcher.group(2).equals("%")) {
      right = text.endsWith("%") && Double.parseDouble(matcher.group(1)) <= 100;
    }
    if (!right) {
      throw new IllegalArgumentException(
          "memory-limit must be like 12G, 900M or 60%, was '" + text + "'");
    }
  }

  /**
   * The limit in bytes; K, M, G, T are powers of 1,024.
   *
   * @param machineBytes the memory of the machine or container
   */
  public long bytes(long machineBytes) {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalStateException("was checked: " + text);
    }
    double number = Double.parseDouble(matcher.group(1));
    double unit =
        switch (matcher.group(2)) {
          case "%" -> machineBytes / 100.0;
          case "K" -> 0x1p10;
          case "M" -> 0x1p20;
          case "G" -> 0x1p30;
          default -> 0x1p40;
        };
    return (long) (number * unit);
  }
}
