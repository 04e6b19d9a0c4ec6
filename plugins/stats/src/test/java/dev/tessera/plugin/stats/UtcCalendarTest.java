package dev.tessera.plugin.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.temporal.TemporalField;
import java.time.temporal.WeekFields;
import org.junit.jupiter.api.Test;

/** Against java.time, day by day from 1890 to 2110 (1900 and 2100 are no leap years, 2000 is). */
final class UtcCalendarTest {

  private static final long FIRST = LocalDate.of(1890, 1, 1).toEpochDay();
  private static final long LAST = LocalDate.of(2110, 12, 31).toEpochDay();

  /** {@code %U}: week 1 starts on the year's first Sunday, the days before are week 0. */
  private static final TemporalField WEEK = WeekFields.of(DayOfWeek.SUNDAY, 7).weekOfYear();

  @Test
  void endsAMonthWhereJavaTimeDoes() {
    for (long day = FIRST; day <= LAST; day++) {
      LocalDate date = LocalDate.ofEpochDay(day);
      assertThat(UtcCalendar.startOfMonth(day)).isEqualTo(date.withDayOfMonth(1).toEpochDay());
      assertThat(UtcCalendar.endOfMonth(day))
          .isEqualTo(YearMonth.from(date).plusMonths(1).atDay(1).toEpochDay());
    }
  }

  @Test
  void endsAWeekWhereYearOrWeekNumberChanges() {
    for (long day = FIRST; day <= LAST; day++) {
      LocalDate date = LocalDate.ofEpochDay(day);
      LocalDate next = date.plusDays(1);
      while (next.getYear() == date.getYear() && next.get(WEEK) == date.get(WEEK)) {
        next = next.plusDays(1);
      }
      assertThat(UtcCalendar.endOfWeek(day)).as("%s", date).isEqualTo(next.toEpochDay());
    }
  }

  @Test
  void putsATimeBefore1970OnItsOwnDay() {
    assertThat(UtcCalendar.day(-1)).isEqualTo(-1);
    assertThat(UtcCalendar.day(0)).isZero();
    assertThat(UtcCalendar.day(-UtcCalendar.DAY_MICROS)).isEqualTo(-1);
  }
}
