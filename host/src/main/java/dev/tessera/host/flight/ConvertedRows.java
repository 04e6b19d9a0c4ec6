package dev.tessera.host.flight;

import dev.tessera.api.EmbeddingBatch;
import dev.tessera.client.RowRange;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Rows by ascending client in another form than they lie there: other columns, another type. */
final class ConvertedRows implements BatchSource {

  private final EmbeddingView view;
  private final List<EmbeddingBatch> batches;
  private final VectorBatch target;
  private long left;
  private int batch;
  private long row;

  /**
   * Starts before the first row of the range, all of whose rows are there.
   *
   * @param parent of the allocator that this call has for itself
   */
  ConvertedRows(EmbeddingView view, RowRange range, BufferAllocator parent) {
    this.view = view;
    this.batches = view.embedding().batches();
    this.target = VectorBatch.of(view, parent);
    this.row = range.from();
    this.left = range.rows();
  }

  @Override
  public VectorSchemaRoot root() {
    return target.root();
  }

  @Override
  public boolean next() {
    int rows = (int) Math.min(target.capacity(), left);
    if (rows == 0) {
      return false;
    }
    target.begin(rows);
    for (int i = 0; i < rows; i++) {
      while (row >= batches.get(batch).rows()) {
        row -= batches.get(batch++).rows();
      }
      EmbeddingBatch from = batches.get(batch);
      long at = target.put(i, from.clientIds().get((int) row));
      view.write(from, (int) row, target.vectors(), at);
      row++;
    }
    target.end(rows);
    left -= rows;
    return true;
  }

  @Override
  public boolean outlivesCall() {
    return false;
  }

  @Override
  public void close() {
    target.close();
  }
}
