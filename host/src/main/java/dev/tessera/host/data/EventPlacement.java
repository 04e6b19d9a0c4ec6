package dev.tessera.host.data;

import dev.tessera.api.PluginContext.Progress;
import dev.tessera.host.arrow.ArrowColumnFile;
import dev.tessera.host.arrow.ArrowColumnFile.Column;
import dev.tessera.host.arrow.NativeBuffer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntPredicate;
import org.apache.arrow.memory.ArrowBuf;

/**
 * Puts the rows of one table to their places, sorted by (client, time): a counting sort by client,
 * which keeps the file's order, then a stable sort of each client's slice by time. Memory beside
 * the codes: the table itself.
 */
final class EventPlacement implements AutoCloseable {

  private static final int CHUNK_ROWS = 1 << 20;
  private static final int PARTS_PER_THREAD = 8;

  private final EventColumns columns;
  private final BuildScope scope;
  private final int[] offsets;
  private final int rows;
  private final LongAdder unknown = new LongAdder();
  private ArrowBuf times;
  private ArrowBuf items;
  private long firstTime = Long.MAX_VALUE;
  private long lastTime = Long.MIN_VALUE;

  /**
   * Counts the clients' rows, and turns the client codes of {@code columns} into places.
   *
   * @param clientIds [N] the ids of all clients, ascending
   */
  EventPlacement(EventColumns columns, long[] clientIds, BuildScope scope) {
    this.columns = columns;
    this.scope = scope;
    this.offsets = new int[clientIds.length + 1];
    this.times = scope.allocator().getEmpty();
    this.items = scope.allocator().getEmpty();
    int[] clientOfCode = columns.clients().positionsIn(clientIds);
    int[] next = count(columns.clientCodes(), columns.fileRows(), clientOfCode.length);
    for (int code = 0; code < clientOfCode.length; code++) {
      offsets[clientOfCode[code] + 1] = next[code];
    }
    Arrays.parallelPrefix(offsets, Integer::sum);
    for (int code = 0; code < clientOfCode.length; code++) {
      next[code] = offsets[clientOfCode[code]];
    }
    this.rows = offsets[clientIds.length];
    codesToPlaces(columns.clientCodes(), columns.fileRows(), next);
  }

  /** [N + 1] the first row of each client. */
  int[] offsets() {
    return offsets;
  }

  int rows() {
    return rows;
  }

  /** The earliest time, microseconds; meaningless without rows. */
  long firstTime() {
    return firstTime;
  }

  /** The latest time, microseconds; meaningless without rows. */
  long lastTime() {
    return lastTime;
  }

  /** Rows whose item is not known. */
  long unknownRows() {
    return unknown.sum();
  }

  /**
   * Places items, then times (so that the codes of the items are gone before), and sorts.
   *
   * @param itemOfCode the dense item by code of {@code columns}
   * @param isKnown whether a dense item is known
   */
  void place(int[] itemOfCode, IntPredicate isKnown) {
    items = NativeBuffer.allocate(scope.allocator(), (long) Integer.BYTES * rows);
    List<Runnable> chunks = new ArrayList<>();
    for (int from = 0; from < columns.fileRows(); from += CHUNK_ROWS) {
      int start = from;
      int end = (int) Math.min(columns.fileRows(), (long) from + CHUNK_ROWS);
      chunks.add(() -> placeItems(itemOfCode, isKnown, start, end));
    }
    scope.workers().run(chunks);
    columns.closeItemCodes();
    times = NativeBuffer.allocate(scope.allocator(), (long) Long.BYTES * rows);
    columns.table().ifPresent(this::placeTimes);
    sort();
  }

  /** Writes the table. */
  void write(Path file) throws IOException {
    List<Column> written = List.of(Column.int64("time", times), Column.int32("item", items));
    ArrowColumnFile.write(file, rows, written, scope.allocator());
  }

  @Override
  public void close() {
    times.close();
    items.close();
  }

  private static int[] count(ArrowBuf codes, int rows, int distinct) {
    int[] counts = new int[distinct];
    for (int row = 0; row < rows; row++) {
      int code = codes.getInt((long) Integer.BYTES * row);
      if (code != EventColumns.DROPPED) {
        counts[code]++;
      }
    }
    return counts;
  }

  private static void codesToPlaces(ArrowBuf codes, int rows, int[] next) {
    for (int row = 0; row < rows; row++) {
      int code = codes.getInt((long) Integer.BYTES * row);
      if (code != EventColumns.DROPPED) {
        codes.setInt((long) Integer.BYTES * row, next[code]++);
      }
    }
  }

  private void placeItems(int[] itemOfCode, IntPredicate isKnown, int start, int end) {
    ArrowBuf places = columns.clientCodes();
    ArrowBuf codes = columns.itemCodes();
    int unknownRows = 0;
    for (int row = start; row < end; row++) {
      int place = places.getInt((long) Integer.BYTES * row);
      if (place != EventColumns.DROPPED) {
        int item = itemOfCode[codes.getInt((long) Integer.BYTES * row)];
        items.setInt((long) Integer.BYTES * place, item);
        unknownRows += isKnown.test(item) ? 0 : 1;
      }
    }
    unknown.add(unknownRows);
  }

  private void placeTimes(ParquetTable table) {
    LongDecoder decoder = LongDecoder.ofTimes(table, EventColumns.TIME);
    long[] batch = new long[ParquetTable.BATCH_ROWS];
    try (Progress progress = startProgress("placing")) {
      table.scan(
          EventColumns.TIME,
          (vector, firstRow) -> {
            scope.workers().check();
            decoder.decode(vector, firstRow, batch);
            placeBatch(batch, (int) firstRow, vector.getValueCount());
            progress.advance(vector.getValueCount());
          });
    }
  }

  private void placeBatch(long[] batch, int firstRow, int count) {
    ArrowBuf places = columns.clientCodes();
    long first = firstTime;
    long last = lastTime;
    for (int i = 0; i < count; i++) {
      int place = places.getInt((long) Integer.BYTES * (firstRow + i));
      if (place != EventColumns.DROPPED) {
        long time = batch[i];
        times.setLong((long) Long.BYTES * place, time);
        first = Math.min(first, time);
        last = Math.max(last, time);
      }
    }
    firstTime = first;
    lastTime = last;
  }

  private void sort() {
    int[] parts = ClientTimeSort.parts(offsets, scope.workers().threads() * PARTS_PER_THREAD);
    List<Runnable> tasks = new ArrayList<>();
    try (Progress progress = startProgress("sorting")) {
      for (int part = 0; part + 1 < parts.length; part++) {
        int from = parts[part];
        int to = parts[part + 1];
        tasks.add(
            () -> {
              ClientTimeSort sorter = new ClientTimeSort(times, items);
              for (int client = from; client < to; client++) {
                sorter.sort(offsets[client], offsets[client + 1]);
              }
              progress.advance(offsets[to] - offsets[from]);
            });
      }
      scope.workers().run(tasks);
    }
  }

  private Progress startProgress(String what) {
    return scope.progress().start(what + " " + columns.kind().tableName(), "events", rows);
  }
}
