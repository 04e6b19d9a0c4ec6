package dev.tessera.host.data;

import dev.tessera.api.EventKind;
import dev.tessera.api.ProductTable;
import java.nio.charset.StandardCharsets;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;

/** Copies a batch whose columns have been checked, and checks its values. */
final class EventBatchReader {

  private final VectorSchemaRoot batch;
  private final int rows;

  EventBatchReader(VectorSchemaRoot batch) {
    this.batch = batch;
    this.rows = batch.getRowCount();
  }

  EventBatch read() {
    long[] clients = new long[rows];
    LongDecoder.longs(column(EventColumns.CLIENT), clients);
    EventKind[] kinds = kinds();
    long[] items = new long[rows];
    long[] queryLows = new long[rows];
    readIds(EventKind.ItemKind.SKU, kinds, items);
    readIds(EventKind.ItemKind.URL, kinds, items);
    readQueries(kinds, items, queryLows);
    return new EventBatch(clients, times(), kinds, items, queryLows);
  }

  /** A column that every row needs. */
  private FieldVector column(String name) {
    FieldVector column = batch.getVector(name);
    if (column.getNullCount() > 0) {
      for (int row = 0; row < rows; row++) {
        requireValue(column, row);
      }
    }
    return column;
  }

  private static void requireValue(FieldVector column, int row) {
    if (column.isNull(row)) {
      throw invalidValue(column.getName(), row, "wanted a value, found null");
    }
  }

  private long[] times() {
    FieldVector column = column(EventColumns.TIME);
    long[] micros = new long[rows];
    if (column.getField().getType() instanceof ArrowType.Timestamp timestamp) {
      LongDecoder.ofUnit(timestamp.getUnit()).decode(column, 0, micros);
      return micros;
    }
    TextBatch texts = new TextBatch();
    texts.load(column);
    for (int row = 0; row < rows; row++) {
      micros[row] = TimestampText.parse(texts.utf8(), texts.start(row), texts.end(row));
      if (micros[row] == TimestampText.INVALID) {
        throw invalidValue(
            EventColumns.TIME,
            row,
            "wanted a time like '2022-06-23 14:05:59', found '" + texts.excerpt(row) + "'");
      }
    }
    return micros;
  }

  private EventKind[] kinds() {
    TextBatch texts = new TextBatch();
    texts.load(column(EventBatchSchema.KIND));
    EventKind[] kinds = new EventKind[rows];
    for (int row = 0; row < rows; row++) {
      int start = texts.start(row);
      String name = new String(texts.utf8(), start, texts.end(row) - start, StandardCharsets.UTF_8);
      kinds[row] = EventBatchSchema.kind(name, row);
    }
    return kinds;
  }

  private void readIds(EventKind.ItemKind wanted, EventKind[] kinds, long[] items) {
    FieldVector column = null;
    long[] ids = new long[0];
    for (int row = 0; row < rows; row++) {
      if (kinds[row].itemKind() == wanted) {
        if (column == null) {
          column = itemColumn(kinds[row], row);
          ids = new long[rows];
          LongDecoder.longs(column, ids);
        }
        requireValue(column, row);
        items[row] = ids[row];
      }
    }
  }

  private void readQueries(EventKind[] kinds, long[] highs, long[] lows) {
    FieldVector column = null;
    TextBatch texts = new TextBatch();
    CodeText parser = new CodeText();
    for (int row = 0; row < rows; row++) {
      if (kinds[row].itemKind() == EventKind.ItemKind.QUERY) {
        if (column == null) {
          column = itemColumn(kinds[row], row);
          texts.load(column);
        }
        requireValue(column, row);
        if (!parser.parse(texts.utf8(), texts.start(row), texts.end(row))) {
          throw invalidValue(
              column.getName(),
              row,
              "wanted %d numbers 0..255 like '[ 12   3 255 …]', %s in '%s'"
                  .formatted(ProductTable.TEXT_CODES, parser.problem(), texts.excerpt(row)));
        }
        highs[row] = parser.high();
        lows[row] = parser.low();
      }
    }
  }

  private FieldVector itemColumn(EventKind kind, int row) {
    String name = EventColumns.itemColumn(kind);
    FieldVector column = batch.getVector(name);
    if (column == null) {
      throw EventBatchSchema.invalid(
          "row %d (from 0) is a %s, whose item is in the column %s: the batch has no such column"
              .formatted(row, kind.tableName(), name));
    }
    return column;
  }

  private static RuntimeException invalidValue(String column, int row, String message) {
    return EventBatchSchema.invalid(
        "column %s, row %d (from 0): %s".formatted(column, row, message));
  }
}
