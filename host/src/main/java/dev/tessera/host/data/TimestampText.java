package dev.tessera.host.data;

/**
 * Parses {@code YYYY-MM-DD HH:mm:ss}, with {@code T} for the blank, up to nine digits of a
 * fraction, and a final {@code Z} allowed. A time without a zone is UTC.
 */
final class TimestampText {

  /** What {@link #parse} returns for a text that is no time. */
  static final long INVALID = Long.MIN_VALUE;

  private static final int DATE_AND_TIME_CHARS = 19;
  private static final int FRACTION_DIGITS = 9;
  private static final long SECOND_MICROS = 1_000_000L;
  private static final int[] DAYS_BEFORE_MONTH = {
    0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365
  };

  private TimestampText() {}

  /** Microseconds since 1970-01-01T00:00Z, rounded down, or {@link #INVALID}. */
  static long parse(byte[] text, int from, int to) {
    if (to - from < DATE_AND_TIME_CHARS || !hasSeparators(text, from)) {
      return INVALID;
    }
    int year = digits(text, from, 4);
    int month = digits(text, from + 5, 2);
    int day = digits(text, from + 8, 2);
    int hour = digits(text, from + 11, 2);
    int minute = digits(text, from + 14, 2);
    int second = digits(text, from + 17, 2);
    boolean valid =
        year >= 0
            && month >= 1
            && month <= 12
            && day >= 1
            && day <= daysOfMonth(year, month)
            && hour >= 0
            && hour < 24
            && minute >= 0
            && minute < 60
            && second >= 0
            && second < 60;
    int nanos = valid ? fraction(text, from + DATE_AND_TIME_CHARS, to) : -1;
    if (nanos < 0) {
      return INVALID;
    }
    long seconds = ((epochDay(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    return seconds * SECOND_MICROS + nanos / 1_000;
  }

  private static boolean hasSeparators(byte[] text, int from) {
    byte between = text[from + 10];
    return text[from + 4] == '-'
        && text[from + 7] == '-'
        && (between == ' ' || between == 'T')
        && text[from + 13] == ':'
        && text[from + 16] == ':';
  }

  /** The number that {@code count} digits write, or a negative number. */
  private static int digits(byte[] text, int from, int count) {
    int value = 0;
    for (int i = from; i < from + count; i++) {
      int digit = text[i] - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }

  /** What follows the seconds, in nanoseconds, or -1 if it is neither a fraction nor Z. */
  private static int fraction(byte[] text, int from, int end) {
    int to = end > from && text[end - 1] == 'Z' ? end - 1 : end;
    if (from == to) {
      return 0;
    }
    int count = to - from - 1;
    if (text[from] != '.' || count < 1 || count > FRACTION_DIGITS) {
      return -1;
    }
    int value = digits(text, from + 1, count);
    for (int i = count; i < FRACTION_DIGITS && value > 0; i++) {
      value *= 10;
    }
    return value;
  }

  private static boolean isLeap(int year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  }

  private static int daysOfMonth(int year, int month) {
    int days = DAYS_BEFORE_MONTH[month] - DAYS_BEFORE_MONTH[month - 1];
    return month == 2 && isLeap(year) ? days + 1 : days;
  }

  private static long epochDay(int year, int month, int day) {
    int leapDay = month > 2 && isLeap(year) ? 1 : 0;
    return daysBeforeYear(year)
        - daysBeforeYear(1970)
        + DAYS_BEFORE_MONTH[month - 1]
        + leapDay
        + day
        - 1;
  }

  /** Days from the start of year 0, itself a leap year, to the start of a year. */
  private static long daysBeforeYear(int year) {
    int last = year - 1;
    long leapYears =
        year == 0
            ? 0
            : 1 + Math.floorDiv(last, 4) - Math.floorDiv(last, 100) + Math.floorDiv(last, 400);
    return 365L * year + leapYears;
  }
}
