package dev.tessera.plugin.stats;

import dev.tessera.api.EventTable;

/** In how many distinct weeks ({@code %Y-%U}) and months ({@code %Y-%m}) a client has visits. */
final class VisitPeriods {

  private final EventTable visits;

  VisitPeriods(EventTable visits) {
    this.visits = visits;
  }

  /** Writes the number of weeks and of months at {@code target[at]} and after it. */
  void compute(int client, double[] target, int at) {
    int weeks = 0;
    int months = 0;
    long weekEnd = Long.MIN_VALUE;
    long monthEnd = Long.MIN_VALUE;
    int end = visits.end(client);
    // sorted by time: a new period starts where the current one has ended
    for (int row = visits.start(client); row < end; row++) {
      long time = visits.time(row);
      if (time >= weekEnd) {
        weeks++;
        weekEnd = UtcCalendar.endOfWeek(UtcCalendar.day(time)) * UtcCalendar.DAY_MICROS;
      }
      if (time >= monthEnd) {
        months++;
        monthEnd = UtcCalendar.endOfMonth(UtcCalendar.day(time)) * UtcCalendar.DAY_MICROS;
      }
    }
    target[at] = weeks;
    target[at + 1] = months;
  }
}
