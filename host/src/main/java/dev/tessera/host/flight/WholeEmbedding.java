package dev.tessera.host.flight;

import dev.tessera.api.EmbeddingBatch;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;

/**
 * All rows of an embedding, without a copy: the root's buffers are slices of the served ones, with
 * read and write positions of their own, so that many streams can send the same batch at once.
 */
final class WholeEmbedding implements BatchSource {

  private final List<EmbeddingBatch> batches;
  private final VectorSchemaRoot root;
  private final VectorLoader loader;
  private int batch;
  private int row;

  /**
   * Starts before the first row.
   *
   * @param parent used only if the embedding has no batch, and then for nothing but empty vectors;
   *     slices stay counted where the embedding's buffers are, since gRPC may hold them a little
   *     longer than the call lasts
   */
  WholeEmbedding(ServedEmbedding embedding, BufferAllocator parent) {
    batches = embedding.batches();
    BufferAllocator allocator =
        batches.isEmpty() ? parent : batches.get(0).clientIds().getAllocator();
    root = VectorSchemaRoot.create(embedding.schema(), allocator);
    loader = new VectorLoader(root);
  }

  /** The bytes of all messages' buffers. */
  static long bytes(ServedEmbedding embedding) {
    long bytes = 0;
    for (EmbeddingBatch batch : embedding.batches()) {
      int share = BatchSize.rowsPerMessage(batch.rows(), batch.dimension());
      for (int row = 0; row < batch.rows(); row += share) {
        bytes += BatchSize.bytes(Math.min(share, batch.rows() - row), batch.dimension());
      }
    }
    return bytes;
  }

  @Override
  public VectorSchemaRoot root() {
    return root;
  }

  @Override
  public boolean next() {
    while (batch < batches.size() && row == batches.get(batch).rows()) {
      batch++;
      row = 0;
    }
    if (batch == batches.size()) {
      return false;
    }
    EmbeddingBatch current = batches.get(batch);
    int share = BatchSize.rowsPerMessage(current.rows(), current.dimension());
    int rows = Math.min(share, current.rows() - row);
    load(current, row, rows);
    row += rows;
    return true;
  }

  private void load(EmbeddingBatch from, int firstRow, int rows) {
    long dimension = from.dimension();
    List<ArrowFieldNode> nodes =
        List.of(
            new ArrowFieldNode(rows, 0),
            new ArrowFieldNode(rows, 0),
            new ArrowFieldNode(rows * dimension, 0));
    List<ArrowBuf> buffers =
        List.of(
            bits(from.clientIds().getValidityBuffer(), firstRow, rows),
            from.clientIds().getDataBuffer().slice(8L * firstRow, 8L * rows),
            bits(from.embeddings().getValidityBuffer(), firstRow, rows),
            bits(from.values().getValidityBuffer(), firstRow * dimension, rows * dimension),
            from.values().getDataBuffer().slice(4 * firstRow * dimension, 4 * rows * dimension));
    try (ArrowRecordBatch slices = new ArrowRecordBatch(rows, nodes, buffers)) {
      loader.load(slices);
    }
  }

  /** The bytes with bits {@code first … first + count - 1}; first is a multiple of 8. */
  private static ArrowBuf bits(ArrowBuf validity, long first, long count) {
    return validity.slice(first / 8, (count + 7) / 8);
  }

  @Override
  public boolean outlivesCall() {
    return true;
  }

  @Override
  public void close() {
    root.close();
  }
}
