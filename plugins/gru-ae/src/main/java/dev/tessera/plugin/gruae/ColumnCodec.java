package dev.tessera.plugin.gruae;

import dev.tessera.api.EventLog;
import dev.tessera.neural.EventColumn;
import java.util.OptionalInt;

/** The tokens of one column, as fitted; for any log. Immutable. */
sealed interface ColumnCodec permits FixedCodec, IdCodec, TimeCodec {

  /** Which column. */
  TokenColumn column();

  /** V, the number of tokens, padding and the like included. */
  int size();

  /** The token of unknown values, if no training event has it. */
  OptionalInt untrained();

  /** The tokens of a log's events; the log is lent for as long as the column is used. */
  EventColumn tokens(EventLog log);
}
