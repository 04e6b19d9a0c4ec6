package dev.tessera.host.flight;

import dev.tessera.api.EmbeddingBatch;
import dev.tessera.client.RowRange;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;

/**
 * Rows of an embedding by ascending client, without a copy: the root's buffers are slices of the
 * served ones, with read and write positions of their own, so that many streams can send the same
 * batch at once.
 */
final class WholeEmbedding implements BatchSource {

  private final List<EmbeddingBatch> batches;
  private final VectorSchemaRoot root;
  private final VectorLoader loader;
  private int batch;
  private int row;
  private long left;

  /**
   * Starts before the first row of a range, all of whose rows are there.
   *
   * @param parent used only if the embedding has no batch, and then for nothing but empty vectors;
   *     slices stay counted where the embedding's buffers are, since gRPC may hold them a little
   *     longer than the call lasts
   */
  WholeEmbedding(ServedEmbedding embedding, RowRange range, BufferAllocator parent) {
    batches = embedding.batches();
    left = range.rows();
    long skip = range.from();
    while (batch < batches.size() && skip >= batches.get(batch).rows()) {
      skip -= batches.get(batch++).rows();
    }
    row = (int) skip;
    BufferAllocator allocator =
        batches.isEmpty() ? parent : batches.get(0).clientIds().getAllocator();
    root = SentVectors.root(embedding.schema(), Float.BYTES, allocator);
    loader = new VectorLoader(root);
  }

  /** The bytes of the buffers of all messages of a range. */
  static long bytes(ServedEmbedding embedding, RowRange range) {
    long bytes = 0;
    long skip = range.from();
    long left = range.rows();
    for (EmbeddingBatch batch : embedding.batches()) {
      int share = BatchSize.rowsPerMessage(batch.rows(), batch.dimension());
      long end = Math.min(batch.rows(), skip + left);
      for (long row = skip; row < end; row += share) {
        bytes += BatchSize.bytes(Math.min(share, end - row), batch.dimension());
      }
      left -= Math.max(0, end - skip);
      skip = Math.max(0, skip - batch.rows());
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
    if (batch == batches.size() || left == 0) {
      return false;
    }
    EmbeddingBatch current = batches.get(batch);
    int share = BatchSize.rowsPerMessage(current.rows(), current.dimension());
    int rows = (int) Math.min(left, Math.min(share, current.rows() - row));
    load(current, row, rows);
    row += rows;
    left -= rows;
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
            bits(from.clientIds().getValidityBuffer(), rows),
            from.clientIds().getDataBuffer().slice(8L * firstRow, 8L * rows),
            bits(from.embeddings().getValidityBuffer(), rows),
            root.getVector(0).getAllocator().getEmpty(),
            from.values().getDataBuffer().slice(4 * firstRow * dimension, 4 * rows * dimension));
    try (ArrowRecordBatch slices = new ArrowRecordBatch(rows, nodes, buffers)) {
      loader.load(slices);
    }
  }

  /** As many bits, all of them set: nothing in an embedding is null, so any will do. */
  private static ArrowBuf bits(ArrowBuf validity, int count) {
    return validity.slice(0, (count + 7) / 8);
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
