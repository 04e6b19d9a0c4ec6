package dev.tessera.plugin.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DiffWindowsTest {

  @ParameterizedTest(name = "last event {0}")
  @CsvSource({
    // last event, previous month's start, last month's start and end
    "2022-11-19T23:53:15, 2022-10-01T00:00, 2022-11-01T00:00, 2022-11-20T00:00",
    "2022-11-01T22:54:31, 2022-09-01T00:00, 2022-10-01T00:00, 2022-11-01T00:00",
    "2022-10-31T23:51:56, 2022-09-01T00:00, 2022-10-01T00:00, 2022-11-01T00:00",
    "2023-01-01T00:00,    2022-11-01T00:00, 2022-12-01T00:00, 2023-01-01T00:00",
    "2024-03-31T12:00,    2024-02-01T00:00, 2024-03-01T00:00, 2024-04-01T00:00",
    "1970-01-01T00:00,    1969-11-01T00:00, 1969-12-01T00:00, 1970-01-01T00:00",
  })
  void stepsBackByMonthsAsPandasDoes(String last, String previous, String start, String end) {
    DiffWindows windows = DiffWindows.endingWith(micros(last));
    assertThat(windows.previousMonthStart()).isEqualTo(micros(previous));
    assertThat(windows.monthStart()).isEqualTo(micros(start));
    assertThat(windows.monthEnd()).isEqualTo(micros(end));
  }

  @Test
  void countsTheLastDateAsTheLastOfSevenDays() {
    DiffWindows windows = DiffWindows.endingWith(micros("2022-11-19T23:53:15"));
    assertThat(windows.weekEnd()).isEqualTo(micros("2022-11-20T00:00"));
    assertThat(windows.weekStart()).isEqualTo(micros("2022-11-13T00:00"));
    assertThat(windows.previousWeekStart()).isEqualTo(micros("2022-11-06T00:00"));
  }

  private static long micros(String time) {
    return LocalDateTime.parse(time).toEpochSecond(ZoneOffset.UTC) * 1_000_000;
  }
}
