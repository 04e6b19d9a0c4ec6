package dev.tessera.host.evaluate;

import dev.tessera.host.data.IdColumns;
import dev.tessera.host.data.IdDictionary;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;

/**
 * The purchases of one target window: 32 bytes each.
 *
 * @param clients who bought
 * @param columns what, by the name of the column: sku, category, price
 */
record TargetWindow(long[] clients, Map<String, long[]> columns) {

  private static final long ABSENT = Long.MIN_VALUE;

  static TargetWindow read(Path file, BufferAllocator allocator) {
    long[][] values =
        IdColumns.read(file, ABSENT, allocator, "client_id", "sku", "category", "price");
    return new TargetWindow(
        values[0], Map.of("sku", values[1], "category", values[2], "price", values[3]));
  }

  /** The row of each purchase's client, or -1. */
  int[] rows(IdDictionary rowOfClient) {
    int[] rows = new int[clients.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = rowOfClient.find(clients[i]);
    }
    return rows;
  }

  /**
   * Who bought which label.
   *
   * @param rows of {@link #rows}
   * @param labels position by id
   */
  TargetMatrix matrix(String column, IdDictionary labels, int[] rows, int clientRows) {
    long[] values = columns.get(column);
    long[] pairs = new long[rows.length];
    int count = 0;
    for (int i = 0; i < rows.length; i++) {
      int label = rows[i] < 0 ? -1 : labels.find(values[i]);
      if (label >= 0) {
        pairs[count++] = (long) rows[i] * labels.size() + label;
      }
    }
    return TargetMatrix.ofPairs(clientRows, labels.size(), Arrays.copyOf(pairs, count));
  }

  /** Whether any of some labels was bought by anyone. */
  boolean hasAny(String column, IdDictionary labels) {
    for (long value : columns.get(column)) {
      if (labels.find(value) >= 0) {
        return true;
      }
    }
    return false;
  }
}
