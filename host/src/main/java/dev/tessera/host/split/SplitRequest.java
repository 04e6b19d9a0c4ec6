package dev.tessera.host.split;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.OptionalLong;

/**
 * How a log is to be split.
 *
 * @param data the folder of the event tables
 * @param days the length of each target window, 1 to 3650
 * @param end the last instant that counts, in microseconds since 1970 UTC; the last purchase if not
 *     given
 */
public record SplitRequest(Path data, int days, OptionalLong end) {

  private static final int MOST_DAYS = 3_650;

  /** Checks the number of days. */
  public SplitRequest {
    if (days < 1 || days > MOST_DAYS) {
      throw invalid("days must be in 1..%d, was %d".formatted(MOST_DAYS, days));
    }
  }

  /**
   * An end as a user writes it: {@code 2022-11-19} (that whole day) or {@code 2022-11-19 23:53:15}.
   */
  public static long parseEnd(String text) {
    try {
      if (text.length() <= "2022-11-19".length()) {
        LocalDateTime next = LocalDate.parse(text).plusDays(1).atStartOfDay();
        return micros(next) - 1;
      }
      return micros(LocalDateTime.parse(text.replace(' ', 'T')));
    } catch (DateTimeException e) {
      throw invalid(
          "end must be a day like 2022-11-19 or a time like '2022-11-19 23:53:15' (UTC), was '%s'"
              .formatted(text));
    }
  }

  private static long micros(LocalDateTime time) {
    return ChronoUnit.MICROS.between(LocalDateTime.ofEpochSecond(0, 0, ZoneOffset.UTC), time);
  }

  private static PluginException invalid(String message) {
    return new PluginException(ErrorCode.INVALID_CONFIG, message);
  }
}
