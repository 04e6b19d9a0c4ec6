package dev.tessera.host.store;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingBatch;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.Float16;
import dev.tessera.api.PluginException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.arrow.memory.ArrowBuf;

/**
 * Holds a plugin to the contract of its output: one finite vector of D values for each selected
 * client, in order. Counts what float16 cannot hold, by column.
 */
public final class EmbeddingCheck {

  private final String step;
  private final int dimension;
  private final List<String> columnNames;
  private final ClientSelection clients;
  private final TreeMap<Integer, Long> saturated = new TreeMap<>();
  private int next;

  /**
   * A check of one output, batch after batch.
   *
   * @param columnNames D names, or empty
   * @param clients who must be there
   */
  public EmbeddingCheck(
      String step, int dimension, List<String> columnNames, ClientSelection clients) {
    this.step = step;
    this.dimension = dimension;
    this.columnNames = columnNames;
    this.clients = clients;
  }

  /** Checks ids and dimension, before the values are read. */
  public void rows(EmbeddingBatch batch) {
    if (batch.dimension() != dimension) {
      throw broken("wanted batches of dimension %d, found %d", dimension, batch.dimension());
    }
    if (batch.clientIds().getNullCount() > 0 || batch.embeddings().getNullCount() > 0) {
      throw broken("wanted batches without nulls, found one with a null row");
    }
    for (int row = 0; row < batch.rows(); row++, next++) {
      long found = batch.clientIds().get(row);
      if (next == clients.size()) {
        throw broken("wanted %d clients, found more: client %d", clients.size(), found);
      }
      if (found != clients.id(next)) {
        throw broken(
            "wanted client %d as number %d, found client %d: every client of the selection, ascending",
            clients.id(next), next, found);
      }
    }
  }

  /** Checks values, row after row, whose first belongs to client number {@code firstRow}. */
  void values(float[] values, int count, int firstRow) {
    for (int i = 0; i < count; i++) {
      float magnitude = Math.abs(values[i]);
      if (!(magnitude < Float16.OVERFLOW)) { // also true for NaN
        requireFinite(values[i], i, firstRow);
        saturated.merge(i % dimension, 1L, Long::sum);
        values[i] = Math.copySign(Float16.MAX_VALUE, values[i]);
      }
    }
  }

  /**
   * Checks that all values of a batch are finite; its first row is client number {@code firstRow}.
   */
  public void finite(EmbeddingBatch batch, int firstRow) {
    ArrowBuf values = batch.values().getDataBuffer();
    for (int i = 0; i < batch.rows() * dimension; i++) {
      requireFinite(values.getFloat((long) Float.BYTES * i), i, firstRow);
    }
  }

  private void requireFinite(float value, int index, int firstRow) {
    if (!Float.isFinite(value)) {
      throw broken(
          "wanted finite values, found %s in column %s for client %d",
          value, columnName(index % dimension), clients.id(firstRow + index / dimension));
    }
  }

  /** The number of rows seen. */
  public int rowsSeen() {
    return next;
  }

  /** Checks that no client is missing. */
  public void complete() {
    if (next != clients.size()) {
      throw broken("wanted %d clients, found %d", clients.size(), next);
    }
  }

  /** How many values of each column were beyond float16, by column name. */
  Map<String, Long> saturatedValues() {
    Map<String, Long> named = new TreeMap<>();
    saturated.forEach((column, count) -> named.put(columnName(column), count));
    return named;
  }

  private String columnName(int column) {
    return columnNames.isEmpty() ? String.valueOf(column) : columnNames.get(column);
  }

  private PluginException broken(String format, Object... values) {
    return new PluginException(
        ErrorCode.INVALID_OUTPUT,
        "step %s broke the contract of its output: %s".formatted(step, format.formatted(values)));
  }
}
