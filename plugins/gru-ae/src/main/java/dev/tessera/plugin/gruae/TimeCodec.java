package dev.tessera.plugin.gruae;

import dev.tessera.api.EventLog;
import dev.tessera.neural.EventColumn;
import dev.tessera.neural.Tokens;
import java.time.LocalDate;
import java.util.OptionalInt;

/**
 * Days, weeks (from Monday) or calendar months, counted from that of the first event; UTC. Weeks go
 * on over a new year. Earlier and later times share a token that no training event has.
 *
 * @param column which
 * @param firstDay days since 1970-01-01 of the first event
 * @param lastDay of the last event
 */
record TimeCodec(TokenColumn column, long firstDay, long lastDay) implements ColumnCodec {

  private static final long DAY_MICROS = 86_400_000_000L;

  /** 1970-01-01 was a Thursday, three days after a Monday. */
  private static final int DAYS_SINCE_MONDAY = 3;

  /** No week or month is longer. */
  private static final int LONGEST_UNIT_DAYS = 31;

  private static final int MONTHS = 12;

  /** The day of a time. */
  static long day(long micros) {
    return Math.floorDiv(micros, DAY_MICROS);
  }

  private long unit(long day) {
    return switch (column) {
      case DAY -> day;
      case WEEK -> Math.floorDiv(day + DAYS_SINCE_MONDAY, 7L);
      case MONTH -> {
        LocalDate date = LocalDate.ofEpochDay(day);
        yield (long) date.getYear() * MONTHS + date.getMonthValue();
      }
      default -> throw new IllegalStateException("column " + column + " is no time");
    };
  }

  private int units() {
    return Math.toIntExact(unit(lastDay) - unit(firstDay) + 1);
  }

  private int unknown() {
    return Tokens.FIRST + units();
  }

  @Override
  public int size() {
    return unknown() + 1;
  }

  @Override
  public OptionalInt untrained() {
    return OptionalInt.of(unknown());
  }

  @Override
  public EventColumn tokens(EventLog log) {
    // the first and the last week or month may have days that no event had
    long from = firstDay - LONGEST_UNIT_DAYS;
    int[] byDay = new int[Math.toIntExact(lastDay + LONGEST_UNIT_DAYS - from + 1)];
    for (int i = 0; i < byDay.length; i++) {
      long unit = unit(from + i) - unit(firstDay);
      byDay[i] = unit < 0 || unit >= units() ? unknown() : Tokens.FIRST + (int) unit;
    }
    int unknown = unknown();
    return (kind, item, micros) -> {
      long index = day(micros) - from;
      return index < 0 || index >= byDay.length ? unknown : byDay[(int) index];
    };
  }
}
