package dev.tessera.plugin.stats;

import dev.tessera.api.EventTable;

/**
 * When a client was active in one table: 6 columns.
 *
 * <ol>
 *   <li>rows
 *   <li>mean interval: (last − first) / (rows − 1) in days, 0 for a single row
 *   <li>rows of the last week − rows of the week before ({@link DiffWindows})
 *   <li>the same for calendar months
 *   <li>whole days from the table's first event to the client's first
 *   <li>whole days from the table's first event to the client's last
 * </ol>
 */
final class ActivityFeatures {

  private final EventTable table;
  private final FittedTable fitted;
  private final DiffWindows windows;

  ActivityFeatures(EventTable table, FittedTable fitted) {
    this.table = table;
    this.fitted = fitted;
    this.windows = DiffWindows.endingWith(fitted.lastMicros());
  }

  /** Writes the 6 columns of a client from {@code target[at]} on; a client without rows: 0. */
  void compute(int client, double[] target, int at) {
    int start = table.start(client);
    int end = table.end(client);
    if (start == end) {
      return;
    }
    long first = table.time(start);
    long last = table.time(end - 1);
    int rows = end - start;
    target[at] = rows;
    target[at + 1] = rows == 1 ? 0 : (double) (last - first) / (rows - 1) / UtcCalendar.DAY_MICROS;
    if (fitted.rows() == 0) {
      // a model fitted without such events has nothing to measure days and windows from
      return;
    }
    int week = firstRowFrom(windows.weekStart(), start, end);
    int month = firstRowFrom(windows.monthStart(), start, end);
    target[at + 2] =
        (firstRowFrom(windows.weekEnd(), start, end) - week)
            - (week - firstRowFrom(windows.previousWeekStart(), start, end));
    target[at + 3] =
        (firstRowFrom(windows.monthEnd(), start, end) - month)
            - (month - firstRowFrom(windows.previousMonthStart(), start, end));
    target[at + 4] = UtcCalendar.day(first - fitted.firstMicros());
    target[at + 5] = UtcCalendar.day(last - fitted.firstMicros());
  }

  /** The first row in {@code start … end} (sorted by time) that is not before a time. */
  private int firstRowFrom(long micros, int start, int end) {
    int low = start;
    int high = end;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (table.time(middle) < micros) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
