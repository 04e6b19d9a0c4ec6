package dev.tessera.api;

/**
 * Takes the batches of one embedding, in ascending order of clients. Not safe for several threads.
 */
@FunctionalInterface
public interface EmbeddingSink {

  /**
   * Takes a batch; it is lent for the call and copied or written before the call returns.
   *
   * @throws PluginException if the batch breaks the contract (order, dimension, NaN, infinity); the
   *     message names the plugin, the client and the column
   */
  void accept(EmbeddingBatch batch);
}
