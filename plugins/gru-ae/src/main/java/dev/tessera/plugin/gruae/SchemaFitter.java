package dev.tessera.plugin.gruae;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.EventTable;
import dev.tessera.api.PluginException;
import dev.tessera.neural.IdVocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.vector.BigIntVector;

/** Fits the columns' codes to the events of some clients. */
final class SchemaFitter {

  private static final long NO_SUCH_ID = -1;

  private final GruAeConfig config;
  private final EventLog log;
  private final int[] clients;

  /** For the events of some clients (dense indices). */
  SchemaFitter(GruAeConfig config, EventLog log, int[] clients) {
    this.config = config;
    this.log = log;
    this.clients = clients;
  }

  /**
   * A codec for each column, in their order; see {@link GruAeConfig#missingColumns}.
   *
   * @throws PluginException if a column, or every one, has fewer than two values in all events
   */
  List<ColumnCodec> fit() {
    List<ColumnCodec> codecs = new ArrayList<>();
    for (TokenColumn column : config.columns()) {
      if (column.isTime()) {
        codecs.add(time(column));
      } else if (column.isId()) {
        ids(column).ifPresent(codecs::add);
      } else {
        codecs.add(new FixedCodec(column));
      }
    }
    if (codecs.isEmpty()) {
      throw noValue(config.columns().get(0), "nor of any other column");
    }
    return List.copyOf(codecs);
  }

  private ColumnCodec time(TokenColumn column) {
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    for (EventKind kind : config.kinds()) {
      EventTable table = log.events(kind);
      for (int client : clients) {
        if (table.start(client) < table.end(client)) {
          first = Math.min(first, table.time(table.start(client)));
          last = Math.max(last, table.time(table.end(client) - 1));
        }
      }
    }
    if (first > last) {
      throw noValue(column, "there is no event");
    }
    return new TimeCodec(column, TimeCodec.day(first), TimeCodec.day(last));
  }

  private Optional<ColumnCodec> ids(TokenColumn column) {
    int[] valueOfItem = IdCodec.valueOfItem(log, column);
    long[] counts = new long[IdCodec.ids(log, column).getValueCount()];
    long absent = 0;
    for (EventKind kind : config.kinds()) {
      EventTable table = log.events(kind);
      boolean has = kind.itemKind() == IdCodec.items(column);
      for (int client : clients) {
        int end = table.end(client);
        if (!has) {
          absent += end - table.start(client);
          continue;
        }
        for (int row = table.start(client); row < end; row++) {
          int value = valueOfItem[table.item(row)];
          if (value < 0) {
            absent++;
          } else {
            counts[value]++;
          }
        }
      }
    }
    long none = column == TokenColumn.URL ? config.noUrl() : NO_SUCH_ID;
    absent += takeOut(counts, IdCodec.ids(log, column), none);
    IdVocabulary vocabulary =
        IdVocabulary.mostFrequent(IdCodec.ids(log, column), counts, absent, config.cap(column));
    long values = vocabulary.ids().count() + (vocabulary.unknownIsTrained() ? 1 : 0);
    if (values < 2 && config.missingColumns() == MissingColumns.DROP) {
      return Optional.empty();
    }
    if (values == 0) {
      throw noValue(column, "none of %,d events has one".formatted(absent));
    }
    if (values == 1) {
      throw new PluginException(
          ErrorCode.INVALID_DATA,
          "column %s has one value only, from which nothing can be learnt; take it out of columns, or set missing-columns: drop"
              .formatted(column.key()));
    }
    return Optional.of(new IdCodec(column, vocabulary, none));
  }

  /** The id that means none is none. */
  private static long takeOut(long[] counts, BigIntVector ids, long none) {
    for (int code = 0; code < counts.length; code++) {
      if (ids.get(code) == none) {
        long taken = counts[code];
        counts[code] = 0;
        return taken;
      }
    }
    return 0;
  }

  private PluginException noValue(TokenColumn column, String found) {
    return new PluginException(
        ErrorCode.INVALID_DATA,
        "wanted a value of the column %s in the events %s of the %,d clients to learn from, %s; take it out of columns, or set missing-columns: drop"
            .formatted(
                column.key(),
                config.kinds().stream().map(EventKind::tableName).toList(),
                clients.length,
                found));
  }
}
