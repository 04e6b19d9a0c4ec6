package dev.tessera.host.store;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingBatch;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.util.List;
import java.util.Map;

/**
 * Holds a plugin to the contract of its output: one finite vector of D values for each selected
 * client, in order. Counts what float16 cannot hold, by column.
 */
public final class EmbeddingCheck {

  private final String step;
  private final int dimension;
  private final ClientSelection clients;
  private final ValueCheck values;
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
    this.clients = clients;
    this.values = new ValueCheck(subject(step), dimension, columnNames);
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
  void values(float[] floats, int count, int firstRow) {
    values.check(floats, count, row -> clients.id(firstRow + row));
  }

  /**
   * Checks that all values of a batch are finite; its first row is client number {@code firstRow}.
   */
  public void finite(EmbeddingBatch batch, int firstRow) {
    values.requireFinite(batch, row -> clients.id(firstRow + row));
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
    return values.saturated();
  }

  private static String subject(String step) {
    return "step %s broke the contract of its output: ".formatted(step);
  }

  private PluginException broken(String format, Object... details) {
    return new PluginException(ErrorCode.INVALID_OUTPUT, subject(step) + format.formatted(details));
  }
}
