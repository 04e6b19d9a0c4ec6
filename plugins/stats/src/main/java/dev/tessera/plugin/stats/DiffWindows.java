package dev.tessera.plugin.stats;

/**
 * The last two weeks and calendar months of a table, seen from its last date. All bounds are times
 * in microseconds; a window runs from its start (included) to its end (excluded), and the previous
 * one ends where it starts.
 *
 * <p>The last week is the last date and the 6 dates before it. The last month starts at last date −
 * pandas' {@code MonthBegin(1)}: the 1st of the last date's month or, <em>if the last date is
 * itself a 1st, the 1st of the month before</em>; then the last date's own rows are in no month. No
 * window reaches past the last date, so a later log's new events change no difference.
 *
 * @param previousWeekStart 7 days before {@code weekStart}
 * @param weekStart the start of the last week
 * @param weekEnd the end of the last date
 * @param previousMonthStart the 1st of the month before {@code monthStart}
 * @param monthStart the 1st of the last month
 * @param monthEnd the end of the last month, or of the last date if that is earlier
 */
record DiffWindows(
    long previousWeekStart,
    long weekStart,
    long weekEnd,
    long previousMonthStart,
    long monthStart,
    long monthEnd) {

  /** The windows of a table whose last event is at {@code lastMicros}. */
  static DiffWindows endingWith(long lastMicros) {
    long lastDay = UtcCalendar.day(lastMicros);
    // the day before: pandas steps a whole month back from a 1st
    long monthStart = UtcCalendar.startOfMonth(lastDay - 1);
    long monthEnd = Math.min(UtcCalendar.endOfMonth(monthStart), lastDay + 1);
    return new DiffWindows(
        micros(lastDay - 13),
        micros(lastDay - 6),
        micros(lastDay + 1),
        micros(UtcCalendar.startOfMonth(monthStart - 1)),
        micros(monthStart),
        micros(monthEnd));
  }

  private static long micros(long day) {
    return day * UtcCalendar.DAY_MICROS;
  }
}
