package dev.tessera.host.store;

import dev.tessera.api.EmbeddingBatch;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.FileFault;
import dev.tessera.api.PluginException;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;

/**
 * An embedding that comes from elsewhere, of clients that are not known before: checked as a
 * plugin's output is and written as it comes. The file belongs to the caller, who removes it if
 * this fails.
 */
public final class ArrivingEmbedding implements AutoCloseable {

  private final String name;
  private final int dimension;
  private final ArrowBatches arrow;
  private final ValueCheck values;
  private float[] floats = new float[0];
  private long rows;
  private long last;

  /**
   * Creates the file.
   *
   * @param file an Arrow file
   * @param name for messages and metadata
   * @param columnNames D names, or empty
   * @param allocator for small buffers; of the tree that the batches are of
   */
  public ArrivingEmbedding(
      Path file, String name, int dimension, List<String> columnNames, BufferAllocator allocator) {
    this.name = name;
    this.dimension = dimension;
    this.values = new ValueCheck("", dimension, columnNames);
    try {
      arrow = new ArrowBatches(file, EmbeddingSchema.of(name, dimension, columnNames), allocator);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /**
   * Takes some rows.
   *
   * @throws PluginException INVALID_OUTPUT if ids do not ascend, or a row or value is null or not
   *     finite; names the client
   */
  public void accept(EmbeddingBatch batch) {
    checkRows(batch);
    int count = batch.rows() * dimension;
    if (floats.length < count) {
      floats = new float[count];
    }
    batch
        .values()
        .getDataBuffer()
        .nioBuffer(0, count * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer()
        .get(floats, 0, count);
    values.check(floats, count, row -> batch.clientIds().get(row));
    try {
      arrow.write(batch);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private void checkRows(EmbeddingBatch batch) {
    if (batch.clientIds().getNullCount() > 0
        || batch.embeddings().getNullCount() > 0
        || batch.values().getNullCount() > 0) {
      throw refused("wanted no nulls, found one after row " + rows);
    }
    BigIntVector ids = batch.clientIds();
    for (int row = 0; row < batch.rows(); row++, rows++) {
      long id = ids.get(row);
      if (rows > 0 && id <= last) {
        throw refused(
            "wanted distinct clients in ascending order, found %d after %d in row %d"
                .formatted(id, last, rows));
      }
      last = id;
    }
  }

  /** Completes the file and returns the number of rows, at least 1. */
  public long finish() {
    if (rows == 0) {
      throw refused("wanted at least one client, found none");
    }
    try {
      arrow.finish();
    } catch (IOException e) {
      throw failed(e);
    }
    return rows;
  }

  /** How many values of each column float16 cannot hold, by column name. */
  public Map<String, Long> saturatedValues() {
    return values.saturated();
  }

  private static PluginException refused(String why) {
    return new PluginException(ErrorCode.INVALID_OUTPUT, why);
  }

  private PluginException failed(IOException e) {
    return new PluginException(
        ErrorCode.IO, "cannot write embedding %s: %s".formatted(name, FileFault.reason(e)), e);
  }

  @Override
  public void close() {
    try {
      arrow.close();
    } catch (IOException e) {
      throw failed(e);
    }
  }
}
