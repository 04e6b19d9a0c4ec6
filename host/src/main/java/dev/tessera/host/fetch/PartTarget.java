package dev.tessera.host.fetch;

import dev.tessera.client.EmbeddingRows;

/** Where the rows of one part of a fetch go; begun anew by each try. Used by one thread. */
interface PartTarget {

  /** A try begins: what an earlier one wrote does not count. */
  void begin();

  /** Takes the next rows; lent for the call. */
  void write(EmbeddingRows rows);

  /**
   * The stream has ended well.
   *
   * @throws dev.tessera.api.PluginException if it had not the rows that it should have
   */
  void end();
}
