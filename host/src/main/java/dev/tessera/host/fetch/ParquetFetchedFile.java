package dev.tessera.host.fetch;

import dev.tessera.api.EmbeddingBatch;
import dev.tessera.client.EmbeddingInfo;
import dev.tessera.client.EmbeddingRows;
import dev.tessera.host.parquet.ColumnValues;
import dev.tessera.host.parquet.ParquetColumn;
import dev.tessera.host.parquet.ParquetColumnWriter;
import dev.tessera.host.parquet.ParquetRowGroupLimit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * A Parquet file of {@code client_id} and {@code embedding}. Looked-up clients may be null, which
 * Arrow can only read from lists of any length; without them it is a fixed-size list.
 */
final class ParquetFetchedFile implements FetchedFile {

  private static final long CLIENTS_IN_A_ROW_GROUP = 100_000;

  private final Path file;
  private final int dimension;
  private final boolean looksUp;
  private final ParquetColumnWriter writer;
  private long[] ids = new long[0];
  private float[] values = new float[0];

  ParquetFetchedFile(Path file, EmbeddingInfo info, boolean looksUp) {
    this.file = file;
    this.dimension = info.dimension();
    this.looksUp = looksUp;
    List<ParquetColumn> columns =
        List.of(
            new ParquetColumn.Int64(EmbeddingBatch.CLIENT_ID, CLIENTS_IN_A_ROW_GROUP),
            new ParquetColumn.FloatList(EmbeddingBatch.EMBEDDING, dimension, looksUp));
    try {
      writer =
          new ParquetColumnWriter(file, columns, ParquetRowGroupLimit.DEFAULT, info.metadata());
    } catch (IOException e) {
      throw FetchedFile.unwritable(file, e);
    }
  }

  @Override
  public boolean takesAnyOrder() {
    return false;
  }

  @Override
  public void write(long first, EmbeddingRows rows) {
    if (ids.length < rows.size()) {
      ids = new long[rows.size()];
      values = new float[Math.multiplyExact(rows.size(), dimension)];
    }
    BitSet unknown = new BitSet();
    float[] vector = new float[dimension];
    for (int row = 0; row < rows.size(); row++) {
      ids[row] = rows.clientId(row);
      if (rows.isUnknown(row)) {
        unknown.set(row);
      } else {
        rows.copyVector(row, vector);
        System.arraycopy(vector, 0, values, row * dimension, dimension);
      }
    }
    Optional<BitSet> nulls = looksUp ? Optional.of(unknown) : Optional.empty();
    try {
      writer.write(
          rows.size(),
          List.of(new ColumnValues.Longs(ids), new ColumnValues.Vectors(values, dimension, nulls)));
    } catch (IOException e) {
      throw FetchedFile.unwritable(file, e);
    }
  }

  @Override
  public void commit() {
    try {
      writer.commit();
    } catch (IOException e) {
      throw FetchedFile.unwritable(file, e);
    }
  }

  @Override
  public void close() {
    try {
      writer.close();
    } catch (IOException e) {
      throw FetchedFile.unwritable(file, e);
    }
  }
}
