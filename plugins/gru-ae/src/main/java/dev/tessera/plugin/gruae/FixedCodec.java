package dev.tessera.plugin.gruae;

import dev.tessera.api.EventLog;
import dev.tessera.api.ProductTable;
import dev.tessera.neural.EventColumn;
import dev.tessera.neural.Tokens;
import java.util.OptionalInt;

/**
 * A column whose values are the same in every log: the table, the hour, the codes of names.
 *
 * @param column which
 */
record FixedCodec(TokenColumn column) implements ColumnCodec {

  private static final long HOUR_MICROS = 3_600_000_000L;
  private static final int HOURS = 24;

  /** The number of values of a name's code. */
  private static final int CODES = 256;

  @Override
  public int size() {
    return switch (column) {
      case EVENT_TYPE -> EventTypes.SIZE;
      case HOUR -> Tokens.FIRST + HOURS;
      case NAME_CODES -> Tokens.FIRST + CODES;
      default -> throw new IllegalStateException("column " + column + " is fitted");
    };
  }

  @Override
  public OptionalInt untrained() {
    return OptionalInt.empty();
  }

  @Override
  public EventColumn tokens(EventLog log) {
    return column == TokenColumn.HOUR
        ? (kind, item, micros) ->
            Tokens.FIRST + (int) Math.floorMod(Math.floorDiv(micros, HOUR_MICROS), (long) HOURS)
        : (kind, item, micros) -> EventTypes.token(kind);
  }

  /** The token of one of the {@link ProductTable#TEXT_CODES} codes of a name. */
  static int nameToken(byte code) {
    return Tokens.FIRST + Byte.toUnsignedInt(code);
  }
}
