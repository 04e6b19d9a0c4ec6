package dev.tessera.host.store;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingBatch;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.Float16;
import dev.tessera.api.PluginException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Holds a plugin to the contract of its output: one finite vector of D values for each selected
 * client, in order. Counts what float16 cannot hold, by column.
 */
final class EmbeddingCheck {

  private final String step;
  private final int dimension;
  private final List<String> columnNames;
  private final ClientSelection clients;
  private final TreeMap<Integer, Long> saturated = new TreeMap<>();
  private int next;

  EmbeddingCheck(String step, int dimension, List<String> columnNames, ClientSelection clients) {
    this.step = step;
    this.dimension = dimension;
    this.columnNames = columnNames;
    this.clients = clients;
  }

  /** Checks ids and dimension, before the values are read. */
  void rows(EmbeddingBatch batch) {
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
        if (!Float.isFinite(values[i])) {
          throw broken(
              "wanted finite values, found %s in column %s for client %d",
              values[i], columnName(i % dimension), clients.id(firstRow + i / dimension));
        }
        saturated.merge(i % dimension, 1L, Long::sum);
        values[i] = Math.copySign(Float16.MAX_VALUE, values[i]);
      }
    }
  }

  /** The number of rows seen. */
  int rowsSeen() {
    return next;
  }

  /** Checks that no client is missing. */
  void complete() {
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
