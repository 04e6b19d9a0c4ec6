package dev.tessera.host.store;

import dev.tessera.api.EmbeddingBatch;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Schema;

/** Writes batches to an Arrow IPC file, cut so that none is larger than a server should send. */
final class ArrowBatches implements Closeable {

  private static final int MAX_BATCH_BYTES = 2 << 20;

  private final FileChannel channel;
  private final VectorSchemaRoot root;
  private final ArrowFileWriter writer;
  private final int maxRows;

  ArrowBatches(Path file, Schema schema, BufferAllocator allocator) throws IOException {
    int dimension =
        ((org.apache.arrow.vector.types.pojo.ArrowType.FixedSizeList)
                schema.findField(EmbeddingBatch.EMBEDDING).getType())
            .getListSize();
    maxRows = Math.max(1, MAX_BATCH_BYTES / (Long.BYTES + Float.BYTES * dimension));
    channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING);
    root = VectorSchemaRoot.create(schema, allocator);
    writer = new ArrowFileWriter(root, null, channel);
    writer.start();
  }

  void write(EmbeddingBatch batch) throws IOException {
    // views of the lent vectors; not closed here, since the vectors are the plugin's
    List<FieldVector> vectors = List.of(batch.clientIds(), batch.embeddings());
    VectorSchemaRoot whole = new VectorSchemaRoot(root.getSchema(), vectors, batch.rows());
    if (batch.rows() <= maxRows) {
      writeRoot(whole);
      return;
    }
    for (int first = 0; first < batch.rows(); first += maxRows) {
      try (VectorSchemaRoot part = whole.slice(first, Math.min(maxRows, batch.rows() - first))) {
        writeRoot(part);
      }
    }
  }

  private void writeRoot(VectorSchemaRoot batch) throws IOException {
    try (ArrowRecordBatch message = new VectorUnloader(batch).getRecordBatch()) {
      new VectorLoader(root).load(message);
      writer.writeBatch();
      root.clear();
    }
  }

  void finish() throws IOException {
    writer.end();
  }

  @Override
  public void close() throws IOException {
    root.close();
    channel.close();
  }
}
