package dev.tessera.host.live;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingBatch;
import dev.tessera.api.EmbeddingSink;
import dev.tessera.api.Embeddings;
import dev.tessera.host.pipeline.OpenedRun.OpenedStep;
import dev.tessera.host.store.EmbeddingCheck;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;

/** What a stage gave for some clients, copied into one batch in memory. */
public final class LiveVectors implements EmbeddingSink, AutoCloseable {

  private final OpenedStep step;
  private final EmbeddingCheck check;
  private final ClientSelection clients;
  private final EmbeddingBatch batch;

  /** Makes room for a row a client. */
  LiveVectors(OpenedStep step, ClientSelection clients, BufferAllocator allocator) {
    this.step = step;
    this.check = new EmbeddingCheck(step.name(), step.dimension(), step.columnNames(), clients);
    this.clients = clients;
    this.batch = EmbeddingBatch.allocate(allocator, clients.size(), step.dimension());
    // values are copied as bytes, which leaves these bits alone
    for (FieldVector vector : List.of(batch.clientIds(), batch.values())) {
      vector.getValidityBuffer().setOne(0, vector.getValidityBuffer().capacity());
    }
  }

  /** Holds the stage to its contract, as a run does. */
  @Override
  public void accept(EmbeddingBatch lent) {
    int firstRow = check.rowsSeen();
    check.rows(lent);
    check.finite(lent, firstRow);
    long rowBytes = (long) Float.BYTES * step.dimension();
    batch
        .clientIds()
        .getDataBuffer()
        .setBytes(
            (long) Long.BYTES * firstRow,
            lent.clientIds().getDataBuffer(),
            0,
            (long) Long.BYTES * lent.rows());
    batch
        .values()
        .getDataBuffer()
        .setBytes(rowBytes * firstRow, lent.values().getDataBuffer(), 0, rowBytes * lent.rows());
  }

  /** Says that the stage has given all. */
  LiveVectors complete() {
    check.complete();
    return this;
  }

  /** The rows, ascending clients; lent until {@link #close}. */
  public EmbeddingBatch batch() {
    return batch;
  }

  /** The row of one of the clients. */
  public int row(long client) {
    return clients.indexOf(client);
  }

  /** As the next step reads it. */
  Embeddings embeddings() {
    return new Embeddings(step.name(), step.dimension(), step.columnNames(), List.of(batch));
  }

  @Override
  public void close() {
    batch.clientIds().close();
    batch.embeddings().close();
  }
}
