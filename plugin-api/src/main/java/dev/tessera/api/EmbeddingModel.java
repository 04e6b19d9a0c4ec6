package dev.tessera.api;

/** A stage that turns events into embeddings. */
public non-sealed interface EmbeddingModel extends Stage {

  /**
   * Learns from a log; may pass over it many times. Called once, before {@link #embed}, and never
   * on an opened stage.
   *
   * @param events lent for the call, read-only
   * @throws PluginException on data it cannot learn from, cancellation, or lack of memory
   */
  TrainingReport fit(EventLog events);

  /**
   * Gives the sink one finite vector for each client of the selection, in its order (ascending
   * ids). A client without events gets a vector too, of zeros unless the model knows better.
   *
   * @param events the log the model was fitted on or a later one, whose codes may differ:
   *     vocabularies are matched by original ids. Lent for the call, read-only.
   * @param clients ids that need not occur in the log
   */
  void embed(EventLog events, ClientSelection clients, EmbeddingSink sink);
}
