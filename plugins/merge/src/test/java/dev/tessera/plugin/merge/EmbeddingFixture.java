package dev.tessera.plugin.merge;

import dev.tessera.api.EmbeddingBatch;
import dev.tessera.api.Embeddings;
import dev.tessera.api.Npy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;

/** An embedding in memory, in batches of an odd size, as a merge gets it. */
final class EmbeddingFixture implements AutoCloseable {

  /** Odd and small, so that blocks of rows cross from batch to batch. */
  private static final int BATCH_ROWS = 301;

  private final List<EmbeddingBatch> batches = new ArrayList<>();
  private final Embeddings embeddings;

  private EmbeddingFixture(Embeddings embeddings, List<EmbeddingBatch> batches) {
    this.embeddings = embeddings;
    this.batches.addAll(batches);
  }

  /** Rows by ascending id, whatever the order of the arguments. */
  static EmbeddingFixture of(
      BufferAllocator allocator, String name, long[] ids, float[][] rows, String... columnNames) {
    int dimension = rows.length == 0 ? 1 : rows[0].length;
    int[] order =
        IntStream.range(0, ids.length)
            .boxed()
            .sorted(Comparator.comparingLong(i -> ids[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    long[] ascending = ids.clone();
    Arrays.sort(ascending);
    return generate(allocator, name, ascending, dimension, i -> rows[order[i]], columnNames);
  }

  /** Rows of ascending ids, made one by one. */
  static EmbeddingFixture generate(
      BufferAllocator allocator,
      String name,
      long[] ids,
      int dimension,
      IntFunction<float[]> row,
      String... columnNames) {
    List<EmbeddingBatch> batches = new ArrayList<>();
    for (int first = 0; first < ids.length; first += BATCH_ROWS) {
      int count = Math.min(BATCH_ROWS, ids.length - first);
      EmbeddingBatch batch = EmbeddingBatch.allocate(allocator, count, dimension);
      for (int i = 0; i < count; i++) {
        batch.clientIds().set(i, ids[first + i]);
        float[] vector = row.apply(first + i);
        for (int j = 0; j < dimension; j++) {
          batch.values().set(i * dimension + j, vector[j]);
        }
      }
      batches.add(batch);
    }
    return new EmbeddingFixture(
        new Embeddings(name, dimension, List.of(columnNames), batches), batches);
  }

  /** {@code NAME_client_ids.npy} and {@code NAME_embeddings.npy} of a folder. */
  static EmbeddingFixture read(BufferAllocator allocator, Path folder, String name) {
    long[] ids = Npy.readLongs(folder.resolve(name + "_client_ids.npy"));
    float[] flat = Npy.readFloats(folder.resolve(name + "_embeddings.npy"));
    int dimension = flat.length / ids.length;
    float[][] rows = new float[ids.length][dimension];
    for (int i = 0; i < ids.length; i++) {
      System.arraycopy(flat, i * dimension, rows[i], 0, dimension);
    }
    return of(allocator, name, ids, rows);
  }

  Embeddings embeddings() {
    return embeddings;
  }

  @Override
  public void close() {
    for (EmbeddingBatch batch : batches) {
      batch.clientIds().close();
      batch.embeddings().close();
    }
  }
}
