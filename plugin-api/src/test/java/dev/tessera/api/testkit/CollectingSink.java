package dev.tessera.api.testkit;

import dev.tessera.api.EmbeddingBatch;
import dev.tessera.api.EmbeddingSink;
import java.util.ArrayList;
import java.util.List;

/** Copies what it is given, and fails when a batch breaks the contract. */
public final class CollectingSink implements EmbeddingSink {

  private final List<Long> ids = new ArrayList<>();
  private final List<float[]> vectors = new ArrayList<>();

  @Override
  public void accept(EmbeddingBatch batch) {
    if (batch.clientIds().getNullCount() > 0 || batch.embeddings().getNullCount() > 0) {
      throw new AssertionError("a batch has nulls");
    }
    for (int row = 0; row < batch.rows(); row++) {
      long id = batch.clientIds().get(row);
      if (!ids.isEmpty() && ids.get(ids.size() - 1) >= id) {
        throw new AssertionError(
            "client " + id + " after " + ids.get(ids.size() - 1) + ": ids must ascend");
      }
      float[] vector = new float[batch.dimension()];
      batch.copyRow(row, vector);
      for (int column = 0; column < vector.length; column++) {
        if (!Float.isFinite(vector[column])) {
          throw new AssertionError(
              "client %d column %d is %s".formatted(id, column, vector[column]));
        }
      }
      if (!vectors.isEmpty() && vectors.get(0).length != vector.length) {
        throw new AssertionError("dimension changed from batch to batch");
      }
      ids.add(id);
      vectors.add(vector);
    }
  }

  /** The ids received. */
  public long[] ids() {
    return ids.stream().mapToLong(Long::longValue).toArray();
  }

  /** The vectors received, one per id. */
  public List<float[]> vectors() {
    return vectors;
  }

  /** The vector of a client. */
  public float[] vector(long id) {
    return vectors.get(ids.indexOf(id));
  }
}
