package dev.tessera.host.flight;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.NpyWriter;
import dev.tessera.api.PluginException;
import dev.tessera.client.EmbeddingInfo;
import dev.tessera.client.EmbeddingRows;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Two NumPy files: {@code NAME.npy}, float32 [rows, D] with NaN for unknown clients, and {@code
 * NAME_client_ids.npy}, int64 [rows]. The matrix appears last.
 */
final class NpyFetchedFile implements FetchedFile {

  private final Path matrixFile;
  private final Path idsFile;
  private final NpyWriter matrix;
  private final NpyWriter ids;
  private final float[] vector;
  private final long[] id = new long[1];

  NpyFetchedFile(Path file, EmbeddingInfo info, long rows) {
    if (rows > Integer.MAX_VALUE) {
      throw new PluginException(
          ErrorCode.INVALID_CONFIG,
          "%s: too many rows for one array (%d): fetch to .parquet".formatted(file, rows));
    }
    matrixFile = file;
    idsFile = idsFile(file);
    vector = new float[info.dimension()];
    matrix = new NpyWriter(FetchedFile.aside(matrixFile), "<f4", (int) rows, info.dimension());
    try {
      ids = new NpyWriter(FetchedFile.aside(idsFile), "<i8", (int) rows);
    } catch (PluginException e) {
      matrix.close();
      FetchedFile.discard(matrixFile);
      throw e;
    }
  }

  /** {@code profile.npy} → {@code profile_client_ids.npy}. */
  static Path idsFile(Path matrixFile) {
    String name = matrixFile.getFileName().toString();
    String stem = name.substring(0, name.length() - ".npy".length());
    return matrixFile.resolveSibling(stem + "_client_ids.npy");
  }

  @Override
  public void write(EmbeddingRows rows) {
    for (int row = 0; row < rows.size(); row++) {
      id[0] = rows.clientId(row);
      ids.write(id, 1);
      if (rows.isUnknown(row)) {
        Arrays.fill(vector, Float.NaN);
      } else {
        rows.copyVector(row, vector);
      }
      matrix.write(vector, vector.length);
    }
  }

  @Override
  public void commit() {
    matrix.finish();
    ids.finish();
    matrix.close();
    ids.close();
    FetchedFile.moveIntoPlace(idsFile);
    FetchedFile.moveIntoPlace(matrixFile);
  }

  @Override
  public void close() {
    matrix.close();
    ids.close();
    FetchedFile.discard(matrixFile);
    FetchedFile.discard(idsFile);
  }
}
