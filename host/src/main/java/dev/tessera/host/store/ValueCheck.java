package dev.tessera.host.store;

import dev.tessera.api.EmbeddingBatch;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.Float16;
import dev.tessera.api.PluginException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntToLongFunction;
import org.apache.arrow.memory.ArrowBuf;

/** Refuses values that are not finite, and counts by column those that float16 cannot hold. */
final class ValueCheck {

  private final String subject;
  private final int dimension;
  private final List<String> columnNames;
  private final TreeMap<Integer, Long> saturated = new TreeMap<>();

  /**
   * A check.
   *
   * @param subject how a message begins
   * @param columnNames D names, or empty
   */
  ValueCheck(String subject, int dimension, List<String> columnNames) {
    this.subject = subject;
    this.dimension = dimension;
    this.columnNames = columnNames;
  }

  /** Checks values row after row, and clips those that float16 cannot hold. */
  void check(float[] values, int count, IntToLongFunction clientOfRow) {
    for (int i = 0; i < count; i++) {
      float magnitude = Math.abs(values[i]);
      if (!(magnitude < Float16.OVERFLOW)) { // also true for NaN
        requireFinite(values[i], i, clientOfRow);
        saturated.merge(i % dimension, 1L, Long::sum);
        values[i] = Math.copySign(Float16.MAX_VALUE, values[i]);
      }
    }
  }

  /** Checks that all values of a batch are finite. */
  void requireFinite(EmbeddingBatch batch, IntToLongFunction clientOfRow) {
    ArrowBuf values = batch.values().getDataBuffer();
    for (int i = 0; i < batch.rows() * dimension; i++) {
      requireFinite(values.getFloat((long) Float.BYTES * i), i, clientOfRow);
    }
  }

  private void requireFinite(float value, int index, IntToLongFunction clientOfRow) {
    if (!Float.isFinite(value)) {
      throw new PluginException(
          ErrorCode.INVALID_OUTPUT,
          subject
              + "wanted finite values, found %s in column %s for client %d"
                  .formatted(
                      value,
                      columnName(index % dimension),
                      clientOfRow.applyAsLong(index / dimension)));
    }
  }

  /** How many values of each column float16 cannot hold, by column name. */
  Map<String, Long> saturated() {
    Map<String, Long> named = new TreeMap<>();
    saturated.forEach((column, count) -> named.put(columnName(column), count));
    return named;
  }

  private String columnName(int column) {
    return columnNames.isEmpty() ? String.valueOf(column) : columnNames.get(column);
  }
}
