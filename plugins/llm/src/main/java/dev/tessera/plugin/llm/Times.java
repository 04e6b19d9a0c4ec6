package dev.tessera.plugin.llm;

import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** Writes times (microseconds since 1970-01-01T00:00Z) into a text, in UTC. */
final class Times {

  private static final long MICROS = 1_000_000;

  private Times() {}

  /** {@code 2022-11-06 23:26:30}. */
  static void appendSeconds(StringBuilder out, long micros) {
    LocalDateTime time = of(micros);
    appendMinutes(out, time);
    two(out.append(':'), time.getSecond());
  }

  /** {@code 2022-11-06 23:26}. */
  static void appendMinutes(StringBuilder out, long micros) {
    appendMinutes(out, of(micros));
  }

  /** {@code 2022-11-06}. */
  static void appendDay(StringBuilder out, long micros) {
    appendDay(out, of(micros));
  }

  private static LocalDateTime of(long micros) {
    return LocalDateTime.ofEpochSecond(Math.floorDiv(micros, MICROS), 0, ZoneOffset.UTC);
  }

  private static void appendMinutes(StringBuilder out, LocalDateTime time) {
    appendDay(out, time);
    two(out.append(' '), time.getHour());
    two(out.append(':'), time.getMinute());
  }

  private static void appendDay(StringBuilder out, LocalDateTime time) {
    int year = time.getYear();
    if (year >= 0 && year < 1000) {
      out.append("0".repeat(4 - String.valueOf(year).length()));
    }
    two(out.append(year).append('-'), time.getMonthValue());
    two(out.append('-'), time.getDayOfMonth());
  }

  private static void two(StringBuilder out, int number) {
    out.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
  }
}
