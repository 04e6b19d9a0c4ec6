package dev.tessera.host.synth;

import dev.tessera.host.split.ChallengeSplit;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;

/**
 * The log's days. Inside the generator a time is whole seconds since the first midnight.
 *
 * @param days length of the log
 */
record ShopCalendar(int days) {

  static final int DAY_SECONDS = 86_400;

  private static final LocalDate FIRST_DAY = LocalDate.of(2022, 6, 23);
  private static final long FIRST_SECOND = FIRST_DAY.atStartOfDay().toEpochSecond(ZoneOffset.UTC);

  /** The first of these is a Thursday. */
  private static final int FIRST_WEEKDAY = FIRST_DAY.getDayOfWeek().getValue() - 1;

  /** An hour of the day for each of 64 equally likely draws: quiet nights, busy evenings. */
  private static final int[] HOURS = hours();

  /** The first second that is past the log. */
  int endSecond() {
    return days * DAY_SECONDS;
  }

  /** Microseconds since 1970 UTC. */
  static long micros(long second) {
    return TimeUnit.SECONDS.toMicros(FIRST_SECOND + second);
  }

  /**
   * The split. One purchase on the last day is certain, so the windows are known before the first
   * row is written, and input and targets can be written on the way.
   */
  ChallengeSplit split() {
    return ChallengeSplit.ofLastPurchase(micros(endSecond() - 1L));
  }

  /** The first day of the train target. */
  int trainTargetDay() {
    return days - 2 * ChallengeSplit.TARGET_DAYS;
  }

  /** A second of {@code day} when people are awake; a third of the weekend's go to days before. */
  int secondOf(int day, ShopRandom random) {
    boolean weekend = (day + FIRST_WEEKDAY) % 7 >= 5;
    int shifted = weekend && day >= 2 && random.chance(0.33) ? day - 2 : day;
    long bits = random.nextLong();
    int hour = HOURS[(int) (bits & 63)];
    return shifted * DAY_SECONDS + hour * 3_600 + (int) ((bits >>> 8 & 0xffff) * 3_600 >> 16);
  }

  private static int[] hours() {
    int[] sixtyFourths = {1, 1, 0, 0, 0, 0, 1, 2, 3, 3, 4, 4, 4, 3, 3, 3, 3, 3, 4, 5, 6, 6, 4, 1};
    int[] hours = new int[64];
    int filled = 0;
    for (int hour = 0; hour < sixtyFourths.length; hour++) {
      for (int i = 0; i < sixtyFourths[hour]; i++) {
        hours[filled++] = hour;
      }
    }
    return hours;
  }
}
