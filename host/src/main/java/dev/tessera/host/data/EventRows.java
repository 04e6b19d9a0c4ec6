package dev.tessera.host.data;

import dev.tessera.api.EventKind;
import dev.tessera.host.parquet.ColumnValues;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;

/**
 * A batch of an event table's rows, in the order of the file: for work that needs rows rather than
 * a store. Reused from batch to batch. Rows with a null are left out.
 */
public final class EventRows {

  private final EventKind kind;
  private final long[] clients = new long[ParquetTable.BATCH_ROWS];
  private final long[] micros = new long[ParquetTable.BATCH_ROWS];
  private final long[] items = new long[ParquetTable.BATCH_ROWS];
  private final TextBatch texts = new TextBatch();
  private int rows;

  private EventRows(EventKind kind) {
    this.kind = kind;
  }

  /** Receives batches. */
  public interface Consumer {
    /** Called in file order; the batch is lent for the call and may be cut by it. */
    void accept(EventRows batch);
  }

  /** Receives times. */
  public interface TimeConsumer {
    /** One event's time in microseconds since 1970 UTC. */
    void accept(long micros);
  }

  /**
   * Reads a table, on this thread; a missing file has no rows.
   *
   * @throws dev.tessera.api.PluginException if the file is broken or a column missing
   */
  public static void read(Path file, EventKind kind, BufferAllocator allocator, Consumer consumer) {
    if (!Files.exists(file)) {
      return;
    }
    ParquetTable table = ParquetTable.open(file, allocator);
    EventRows batch = new EventRows(kind);
    LongDecoder clientDecoder = LongDecoder.ofIds(table, EventColumns.CLIENT);
    LongDecoder timeDecoder = LongDecoder.ofTimes(table, EventColumns.TIME);
    String item = EventColumns.itemColumn(kind);
    LongDecoder itemDecoder =
        batch.isText() ? textDecoder(table, item) : LongDecoder.ofIds(table, item);
    table.scan(
        List.of(EventColumns.CLIENT, EventColumns.TIME, item),
        (columns, firstRow) -> {
          batch.rows = columns.get(0).getValueCount();
          clientDecoder.decode(columns.get(0), firstRow, batch.clients);
          timeDecoder.decode(columns.get(1), firstRow, batch.micros);
          if (batch.isText()) {
            batch.texts.load(columns.get(2));
          } else {
            itemDecoder.decode(columns.get(2), firstRow, batch.items);
          }
          batch.dropNulls(columns);
          consumer.accept(batch);
        });
  }

  /** Reads the times alone of a table; a missing file has none. */
  public static void readTimes(Path file, BufferAllocator allocator, TimeConsumer consumer) {
    if (!Files.exists(file)) {
      return;
    }
    ParquetTable table = ParquetTable.open(file, allocator);
    LongDecoder decoder = LongDecoder.ofTimes(table, EventColumns.TIME);
    long[] micros = new long[ParquetTable.BATCH_ROWS];
    table.scan(
        EventColumns.TIME,
        (vector, firstRow) -> {
          decoder.decode(vector, firstRow, micros);
          for (int i = 0; i < vector.getValueCount(); i++) {
            if (!vector.isNull(i)) {
              consumer.accept(micros[i]);
            }
          }
        });
  }

  private static LongDecoder textDecoder(ParquetTable table, String column) {
    table.require(column, TextBatch::isText, "text");
    return (vector, firstRow, into) -> {
      throw new IllegalStateException(column + " is text");
    };
  }

  private boolean isText() {
    return kind.itemKind() == EventKind.ItemKind.QUERY;
  }

  /** The number of rows. */
  public int rows() {
    return rows;
  }

  /** The client of a row. */
  public long client(int row) {
    return clients[row];
  }

  /** The time of a row in microseconds since 1970 UTC. */
  public long micros(int row) {
    return micros[row];
  }

  /** The sku or url of a row; of no meaning for queries. */
  public long item(int row) {
    return items[row];
  }

  /** The query of a row, as the file has it; only of searches. */
  public String query(int row) {
    int start = texts.start(row);
    return new String(texts.utf8(), start, texts.end(row) - start, StandardCharsets.UTF_8);
  }

  /** The columns client, time and item, as a writer takes them; lent. */
  public List<ColumnValues> columns() {
    List<ColumnValues> columns = new ArrayList<>();
    columns.add(new ColumnValues.Longs(clients));
    columns.add(new ColumnValues.Longs(micros));
    columns.add(
        isText()
            ? new ColumnValues.Texts(texts.utf8(), texts.offsets())
            : new ColumnValues.Longs(items));
    return columns;
  }

  /** Keeps the rows whose time is wanted, in their order. */
  public void keepTimes(LongPredicate wanted) {
    keep(row -> wanted.test(micros[row]));
  }

  private interface RowPredicate {
    boolean test(int row);
  }

  private void dropNulls(List<FieldVector> columns) {
    if (columns.stream().anyMatch(column -> column.getNullCount() > 0)) {
      keep(row -> columns.stream().noneMatch(column -> column.isNull(row)));
    }
  }

  private void keep(RowPredicate wanted) {
    int kept = 0;
    for (int row = 0; row < rows; row++) {
      if (wanted.test(row)) {
        clients[kept] = clients[row];
        micros[kept] = micros[row];
        if (isText()) {
          texts.move(row, kept);
        } else {
          items[kept] = items[row];
        }
        kept++;
      }
    }
    rows = kept;
  }
}
