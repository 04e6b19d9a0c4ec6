package dev.tessera.api;

import java.util.List;

/**
 * A named embedding that can be read many times, batch after batch, in ascending order of clients.
 * The host maps it from disk: batches are views, lent as long as the embedding is.
 *
 * @param name the step's name
 * @param dimension D
 * @param columnNames D names, or empty
 * @param batches all rows, ascending clients
 */
public record Embeddings(
    String name, int dimension, List<String> columnNames, List<EmbeddingBatch> batches) {

  /** Copies the lists and checks the dimension of every batch. */
  public Embeddings {
    columnNames = List.copyOf(columnNames);
    batches = List.copyOf(batches);
    for (EmbeddingBatch batch : batches) {
      if (batch.dimension() != dimension) {
        throw new IllegalArgumentException(
            "embedding %s has dimension %d but a batch of %d"
                .formatted(name, dimension, batch.dimension()));
      }
    }
  }

  /** The number of clients. */
  public long rows() {
    return batches.stream().mapToLong(EmbeddingBatch::rows).sum();
  }
}
