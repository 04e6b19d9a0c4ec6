package dev.tessera.host.flight;

import dev.tessera.api.EmbeddingBatch;
import dev.tessera.api.Embeddings;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.arrow.memory.BufferAllocator;

/** An embedding of seeded random values in memory, for benchmarks. Clients 0, 3, 6, 9, … */
public final class RandomEmbedding implements AutoCloseable {

  /** The distance of two neighbouring ids, so that there are ids in between which are unknown. */
  public static final int ID_STEP = 3;

  private static final int BATCH_BYTES = 2 << 20;
  private static final long SEED = 42;

  private final Embeddings embeddings;

  /** Makes {@code rows} vectors of {@code dimension} values in batches of about 2 MB. */
  public RandomEmbedding(String name, int rows, int dimension, BufferAllocator allocator) {
    this(name, rows, dimension, Math.max(1, BATCH_BYTES / (Float.BYTES * dimension)), allocator);
  }

  /** Makes the vectors in batches of {@code rowsInABatch}. */
  RandomEmbedding(
      String name, int rows, int dimension, int rowsInABatch, BufferAllocator allocator) {
    List<EmbeddingBatch> batches = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(SEED);
    for (int first = 0; first < rows; first += rowsInABatch) {
      int count = Math.min(rowsInABatch, rows - first);
      batches.add(batch(first, count, dimension, random, allocator));
    }
    embeddings = new Embeddings(name, dimension, List.of(), batches);
  }

  /** Lent until {@link #close}. */
  public Embeddings embeddings() {
    return embeddings;
  }

  @Override
  public void close() {
    for (EmbeddingBatch batch : embeddings.batches()) {
      batch.clientIds().close();
      batch.embeddings().close();
    }
  }

  private static EmbeddingBatch batch(
      int first, int rows, int dimension, SplittableRandom random, BufferAllocator allocator) {
    EmbeddingBatch batch = EmbeddingBatch.allocate(allocator, rows, dimension);
    for (int row = 0; row < rows; row++) {
      batch.clientIds().set(row, (long) ID_STEP * (first + row));
    }
    for (int i = 0; i < rows * dimension; i++) {
      batch.values().set(i, (float) random.nextDouble(-1, 1));
    }
    return batch;
  }
}
