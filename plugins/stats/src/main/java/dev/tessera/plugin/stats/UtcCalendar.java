package dev.tessera.plugin.stats;

/**
 * Weeks, months and years of days since 1970-01-01 (UTC, proleptic Gregorian), by arithmetic alone:
 * it is asked within loops over events, where objects would cost more than the answer.
 */
final class UtcCalendar {

  static final long DAY_MICROS = 86_400_000_000L;

  private static final int DAYS_IN_400_YEARS = 146_097;
  private static final int LEAP_DAYS_BEFORE_1970 = 477;

  /** The day of the year (from 0) on which each month starts, and the next year. */
  private static final int[] MONTHS = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};

  private UtcCalendar() {}

  /** The day of a time in microseconds. */
  static long day(long micros) {
    return Math.floorDiv(micros, DAY_MICROS);
  }

  /**
   * The first day after the day's week. Weeks are those of {@code %Y-%U}: they start on Sunday, and
   * a new year starts a new one on any day.
   */
  static long endOfWeek(long day) {
    // 1970-01-01 was a Thursday, the fifth day of a week that starts on Sunday
    long nextSunday = day + 7 - Math.floorMod(day + 4, 7);
    return Math.min(nextSunday, startOfYear(year(day) + 1));
  }

  /** The first day after the day's month. */
  static long endOfMonth(long day) {
    long year = year(day);
    return startOfYear(year) + monthStart(year, month(day, year) + 1);
  }

  /** The first day of the day's month. */
  static long startOfMonth(long day) {
    long year = year(day);
    return startOfYear(year) + monthStart(year, month(day, year));
  }

  private static int month(long day, long year) {
    long dayOfYear = day - startOfYear(year);
    int month = 0;
    while (dayOfYear >= monthStart(year, month + 1)) {
      month++;
    }
    return month;
  }

  private static int monthStart(long year, int month) {
    boolean leap = startOfYear(year + 1) - startOfYear(year) == 366;
    return MONTHS[month] + (leap && month > 1 ? 1 : 0);
  }

  private static long year(long day) {
    // right, or one off near a new year
    long year = 1970 + Math.floorDiv(day * 400, DAYS_IN_400_YEARS);
    while (day < startOfYear(year)) {
      year--;
    }
    while (day >= startOfYear(year + 1)) {
      year++;
    }
    return year;
  }

  private static long startOfYear(long year) {
    long before = year - 1;
    long leapDays =
        Math.floorDiv(before, 4) - Math.floorDiv(before, 100) + Math.floorDiv(before, 400);
    return 365 * (year - 1970) + leapDays - LEAP_DAYS_BEFORE_1970;
  }
}
