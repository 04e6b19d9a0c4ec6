package dev.tessera.host.data;

import dev.tessera.api.EventKind;
import dev.tessera.api.PluginContext.Progress;
import dev.tessera.host.arrow.NativeBuffer;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.ArrowBuf;

/**
 * One event table in the file's order, with clients and items as codes in the order of appearance:
 * what is known before the ids of all tables are. Times are left in the file until each row's place
 * is known.
 *
 * <p>A row with a null in any column is dropped: its codes are {@link #DROPPED}.
 */
final class EventColumns implements AutoCloseable {

  static final int DROPPED = -1;
  static final String CLIENT = "client_id";
  static final String TIME = "timestamp";

  /** The times of a table, 8 bytes a row, must fit a mapped buffer of less than 2 GiB. */
  private static final long MAX_ROWS = Integer.MAX_VALUE / Long.BYTES;

  private final EventKind kind;
  private final Optional<ParquetTable> table;
  private final BuildScope scope;
  private final BitSet dropped = new BitSet();
  private final Map<String, Long> nulls = new LinkedHashMap<>();
  private final IdDictionary clients;
  private final IdDictionary itemIds;
  private final TextDictionary itemTexts = new TextDictionary();
  private ArrowBuf clientCodes;
  private ArrowBuf itemCodes;

  /** Reads nothing yet; {@code table} is absent if there is no file. */
  EventColumns(EventKind kind, Optional<ParquetTable> table, BuildScope scope) {
    this.kind = kind;
    this.table = table;
    this.scope = scope;
    this.clients = new IdDictionary(fileRows());
    this.itemIds = new IdDictionary(fileRows());
    if (fileRows() > MAX_ROWS) {
      throw DataFault.invalid(
          table.orElseThrow().file(),
          "wanted at most %d events of one kind, found %d; split the clients into several folders"
              .formatted(MAX_ROWS, fileRows()));
    }
    this.clientCodes = scope.allocator().getEmpty();
    this.itemCodes = scope.allocator().getEmpty();
  }

  /** The name of a kind's item column. */
  static String itemColumn(EventKind kind) {
    return switch (kind.itemKind()) {
      case SKU -> "sku";
      case URL -> "url";
      case QUERY -> "query";
    };
  }

  EventKind kind() {
    return kind;
  }

  Optional<ParquetTable> table() {
    return table;
  }

  /** Rows of the file, dropped ones included. */
  int fileRows() {
    return (int) Math.min(Integer.MAX_VALUE, table.map(ParquetTable::rows).orElse(0L));
  }

  int droppedRows() {
    return dropped.cardinality();
  }

  /** Null values by column. */
  Map<String, Long> nulls() {
    return nulls;
  }

  IdDictionary clients() {
    return clients;
  }

  /** Skus or urls by code; empty for queries. */
  IdDictionary itemIds() {
    return itemIds;
  }

  /** Queries by code; empty for other kinds. */
  TextDictionary itemTexts() {
    return itemTexts;
  }

  int distinctItems() {
    return itemIds.size() + itemTexts.size();
  }

  /** [fileRows] int32 client codes. */
  ArrowBuf clientCodes() {
    return clientCodes;
  }

  /** [fileRows] int32 item codes. */
  ArrowBuf itemCodes() {
    return itemCodes;
  }

  /**
   * Checks all columns, finds the rows that have nulls, allocates; to be called before the rest.
   */
  void prepare() {
    if (table.isEmpty()) {
      return;
    }
    ParquetTable source = table.get();
    LongDecoder.ofIds(source, CLIENT);
    LongDecoder.ofTimes(source, TIME);
    String item = itemColumn(kind);
    if (kind.itemKind() == EventKind.ItemKind.QUERY) {
      source.require(item, TextBatch::isText, "text");
    } else {
      LongDecoder.ofIds(source, item);
    }
    for (String column : new String[] {CLIENT, TIME, item}) {
      nulls.put(column, source.mayHaveNulls(column) ? findNulls(source, column) : 0L);
    }
    clientCodes = NativeBuffer.allocate(scope.allocator(), (long) Integer.BYTES * fileRows());
    itemCodes = NativeBuffer.allocate(scope.allocator(), (long) Integer.BYTES * fileRows());
  }

  /** Reads the client column. */
  void encodeClients() {
    table.ifPresent(source -> encodeIds(source, CLIENT, clients, clientCodes));
  }

  /** Reads the item column. */
  void encodeItems() {
    if (kind.itemKind() == EventKind.ItemKind.QUERY) {
      table.ifPresent(this::encodeTexts);
    } else {
      table.ifPresent(source -> encodeIds(source, itemColumn(kind), itemIds, itemCodes));
    }
  }

  /** Frees the item codes, which are no longer needed once items have their places. */
  void closeItemCodes() {
    itemCodes.close();
    itemCodes = scope.allocator().getEmpty();
  }

  /** Frees the codes; may be called again. */
  @Override
  public void close() {
    closeItemCodes();
    clientCodes.close();
    clientCodes = scope.allocator().getEmpty();
  }

  private long findNulls(ParquetTable source, String column) {
    long[] found = new long[1];
    source.scan(
        column,
        (vector, firstRow) -> {
          scope.workers().check();
          if (vector.getNullCount() == 0) {
            return;
          }
          for (int i = 0; i < vector.getValueCount(); i++) {
            if (vector.isNull(i)) {
              found[0]++;
              dropped.set((int) firstRow + i);
            }
          }
        });
    return found[0];
  }

  private void encodeIds(
      ParquetTable source, String column, IdDictionary dictionary, ArrowBuf codes) {
    LongDecoder decoder = LongDecoder.ofIds(source, column);
    long[] ids = new long[ParquetTable.BATCH_ROWS];
    try (Progress progress = startProgress(column)) {
      source.scan(
          column,
          (vector, firstRow) -> {
            scope.workers().check();
            int rows = vector.getValueCount();
            decoder.decode(vector, firstRow, ids);
            encodeBatch(ids, (int) firstRow, rows, dictionary, codes);
            progress.advance(rows);
          });
    }
  }

  private void encodeBatch(
      long[] ids, int firstRow, int rows, IdDictionary dictionary, ArrowBuf codes) {
    boolean complete = dropped.isEmpty();
    for (int i = 0; i < rows; i++) {
      int row = firstRow + i;
      int code = complete || !dropped.get(row) ? dictionary.add(ids[i]) : DROPPED;
      codes.setInt((long) Integer.BYTES * row, code);
    }
  }

  private void encodeTexts(ParquetTable source) {
    String column = itemColumn(kind);
    TextBatch texts = new TextBatch();
    CodeText parser = new CodeText();
    try (Progress progress = startProgress(column)) {
      source.scan(
          column,
          (vector, firstRow) -> {
            scope.workers().check();
            texts.load(vector);
            for (int i = 0; i < texts.rows(); i++) {
              int row = (int) firstRow + i;
              int code = dropped.get(row) ? DROPPED : encode(texts, i, row, parser);
              itemCodes.setInt((long) Integer.BYTES * row, code);
            }
            progress.advance(texts.rows());
          });
    }
  }

  private int encode(TextBatch texts, int index, int row, CodeText parser) {
    if (!parser.parse(texts.utf8(), texts.start(index), texts.end(index))) {
      throw DataFault.invalidValue(
          table.orElseThrow().file(),
          itemColumn(kind),
          row,
          "wanted 16 numbers 0..255 like '[ 12   3 255 …]', %s in '%s'"
              .formatted(parser.problem(), texts.excerpt(index)));
    }
    return itemTexts.add(parser.high(), parser.low());
  }

  private Progress startProgress(String column) {
    return scope
        .progress()
        .start("reading %s of %s".formatted(column, kind.tableName()), "events", fileRows());
  }
}
