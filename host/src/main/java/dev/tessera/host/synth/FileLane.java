package dev.tessera.host.synth;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.FileFault;
import dev.tessera.api.PluginException;
import dev.tessera.host.parquet.ParquetColumn;
import dev.tessera.host.parquet.ParquetColumnWriter;
import dev.tessera.host.parquet.ParquetRowGroupLimit;
import dev.tessera.host.synth.BlockRows.Block;
import dev.tessera.host.synth.ShopTables.Rows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * One Parquet file to which blocks add their rows in block order, whatever threads make them: each
 * write waits for its block and for the write before it. Owns the file until {@link #close}.
 */
final class FileLane implements AutoCloseable {

  private final ParquetColumnWriter file;
  private final Function<Block, Rows> part;
  private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

  /**
   * Creates the file.
   *
   * @param part picks what of a block goes into this file
   */
  FileLane(Path path, List<ParquetColumn> columns, Function<Block, Rows> part) {
    this.part = part;
    try {
      file = new ParquetColumnWriter(path, columns, ParquetRowGroupLimit.DEFAULT, Map.of());
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** Writes {@code block} once it is made and all before it are written; never blocks. */
  CompletableFuture<Void> append(CompletableFuture<Block> block, Executor executor) {
    last =
        last.thenCombineAsync(
            block,
            (done, made) -> {
              write(part.apply(made));
              return done;
            },
            executor);
    return last;
  }

  private void write(Rows rows) {
    try {
      file.write(rows.count(), rows.columns());
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  long rows() {
    return file.rowsWritten();
  }

  /** Finishes the file, after all writes. */
  void commit() {
    try {
      file.commit();
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** The message names the file already. */
  private static PluginException unwritable(IOException e) {
    return new PluginException(ErrorCode.IO, FileFault.reason(e), e);
  }
}
