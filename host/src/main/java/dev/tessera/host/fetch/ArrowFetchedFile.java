package dev.tessera.host.fetch;

import dev.tessera.client.EmbeddingInfo;
import dev.tessera.client.EmbeddingRows;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;

/** An Arrow IPC file of the batches as they came; unknown clients are null lists. */
final class ArrowFetchedFile implements FetchedFile {

  private final Path file;
  private final FileChannel channel;
  private final VectorSchemaRoot root;
  private final VectorLoader loader;
  private final ArrowFileWriter writer;

  ArrowFetchedFile(Path file, EmbeddingInfo info, BufferAllocator allocator) {
    this.file = file;
    root = VectorSchemaRoot.create(info.schema(), allocator);
    loader = new VectorLoader(root);
    channel = FetchedFile.openAside(file);
    writer = new ArrowFileWriter(root, null, channel);
  }

  @Override
  public boolean takesAnyOrder() {
    return false;
  }

  @Override
  public void write(long first, EmbeddingRows rows) {
    // a view of the lent vectors, which are not ours to close; the root shares their buffers
    VectorSchemaRoot lent = VectorSchemaRoot.of(rows.clientIds(), rows.embeddings());
    try (ArrowRecordBatch batch = new VectorUnloader(lent).getRecordBatch()) {
      loader.load(batch);
      writer.writeBatch();
      root.clear();
    } catch (IOException e) {
      throw FetchedFile.unwritable(file, e);
    }
  }

  @Override
  public void commit() {
    try {
      writer.end();
      channel.force(false);
    } catch (IOException e) {
      throw FetchedFile.unwritable(file, e);
    }
    writer.close();
    FetchedFile.moveIntoPlace(file);
  }

  /** Without the writer's own end, which would write a footer to what is given up. */
  @Override
  public void close() {
    root.close();
    FetchedFile.discard(file, channel);
  }
}
