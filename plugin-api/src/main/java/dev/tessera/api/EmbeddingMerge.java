package dev.tessera.api;

import java.util.List;

/** A stage that turns other steps' embeddings into one. */
public non-sealed interface EmbeddingMerge extends Stage {

  /**
   * Learns from the inputs (scales, principal components, means to impute). Called once, before
   * {@link #merge}, and never on an opened stage.
   *
   * @param inputs those of {@link ModelPluginFactory#inputs} that exist: a step that was skipped
   *     for want of events is missing here. Lent for the call, read-only.
   * @param clients the clients of the output
   */
  TrainingReport fit(List<Embeddings> inputs, ClientSelection clients);

  /**
   * Gives the sink one finite vector for each client of the selection, in its order (ascending
   * ids), including clients that no input has.
   *
   * @param inputs the same names and dimensions as were fitted, perhaps with other clients
   */
  void merge(List<Embeddings> inputs, ClientSelection clients, EmbeddingSink sink);
}
