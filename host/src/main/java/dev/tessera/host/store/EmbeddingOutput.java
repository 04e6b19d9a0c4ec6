package dev.tessera.host.store;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingBatch;
import dev.tessera.api.EmbeddingSink;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.FileFault;
import dev.tessera.api.NpyWriter;
import dev.tessera.api.PluginException;
import dev.tessera.host.parquet.ColumnValues;
import dev.tessera.host.parquet.ParquetColumn;
import dev.tessera.host.parquet.ParquetColumnWriter;
import dev.tessera.host.parquet.ParquetRowGroupLimit;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Writes one step's embedding in all formats while it streams by, and checks it. The folder belongs
 * to the caller, who removes it if this fails and moves it into place if {@link #finish} returns.
 *
 * <p>float16 ends at 65,504: larger values are written to {@code embeddings.npy} as ±65,504 and
 * counted; Arrow and Parquet keep them. Memory: a few megabytes, and a Parquet row group.
 */
public final class EmbeddingOutput implements EmbeddingSink, AutoCloseable {

  private static final int CLIENT_ID_BLOOM_FILTER_MAX = 1 << 20;
  private static final ParquetRowGroupLimit ROW_GROUPS =
      new ParquetRowGroupLimit(1 << 20, 64L << 20);

  private final EmbeddingCheck check;
  private final int dimension;
  private final ArrowBatches arrow;
  private final NpyWriter ids;
  private final NpyWriter halves;
  private final ParquetColumnWriter parquet;
  private float[] values = new float[0];
  private long[] clientIds = new long[0];

  /**
   * Creates the files.
   *
   * @param folder exists and is empty
   * @param step the step's name, for messages and metadata
   * @param dimension D
   * @param columnNames D names, or empty
   * @param clients what the plugin was asked for
   * @param allocator for small buffers; outlives this object
   */
  public EmbeddingOutput(
      EmbeddingFolder folder,
      String step,
      int dimension,
      List<String> columnNames,
      ClientSelection clients,
      BufferAllocator allocator) {
    this.dimension = dimension;
    this.check = new EmbeddingCheck(step, dimension, columnNames, clients);
    int rows = clients.size();
    try {
      arrow =
          new ArrowBatches(
              folder.arrow(), EmbeddingSchema.of(step, dimension, columnNames), allocator);
      ids = new NpyWriter(folder.clientIds(), "<i8", rows);
      halves = new NpyWriter(folder.halves(), "<f2", rows, dimension);
      parquet =
          new ParquetColumnWriter(
              folder.parquet(),
              List.of(
                  new ParquetColumn.Int64(
                      EmbeddingBatch.CLIENT_ID, Math.min(rows, CLIENT_ID_BLOOM_FILTER_MAX)),
                  new ParquetColumn.FloatList(EmbeddingBatch.EMBEDDING, dimension, false)),
              ROW_GROUPS,
              EmbeddingSchema.metadata(step, columnNames));
    } catch (IOException e) {
      throw failed(e);
    }
  }

  @Override
  public void accept(EmbeddingBatch batch) {
    int firstRow = check.rowsSeen();
    check.rows(batch);
    int rows = batch.rows();
    int count = rows * dimension;
    if (values.length < count) {
      values = new float[count];
      clientIds = new long[rows];
    }
    if (clientIds.length < rows) {
      clientIds = new long[rows];
    }
    batch
        .clientIds()
        .getDataBuffer()
        .nioBuffer(0, rows * Long.BYTES)
        .order(ByteOrder.nativeOrder())
        .asLongBuffer()
        .get(clientIds, 0, rows);
    batch
        .values()
        .getDataBuffer()
        .nioBuffer(0, count * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer()
        .get(values, 0, count);
    try {
      arrow.write(batch);
      parquet.write(
          rows,
          List.of(new ColumnValues.Longs(clientIds), new ColumnValues.Vectors(values, dimension)));
    } catch (IOException e) {
      throw failed(e);
    }
    ids.write(clientIds, rows);
    check.values(values, count, firstRow); // last: it clips the copy to what float16 holds
    halves.writeHalves(values, count);
  }

  /** Completes the files; throws if a client is missing. */
  public void finish() {
    check.complete();
    ids.finish();
    halves.finish();
    try {
      arrow.finish();
      parquet.commit();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** How many values of each column float16 could not hold, by column name. */
  public Map<String, Long> saturatedValues() {
    return check.saturatedValues();
  }

  @Override
  public void close() {
    try (ids;
        halves;
        parquet;
        arrow) {
      values = new float[0];
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static PluginException failed(IOException e) {
    return new PluginException(
        ErrorCode.IO, "cannot write the embedding: " + FileFault.reason(e), e);
  }
}
