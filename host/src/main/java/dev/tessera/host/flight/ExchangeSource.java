package dev.tessera.host.flight;

import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;

/** Answers batch after batch of one DoExchange call. Used by one thread. */
interface ExchangeSource extends BatchSource {

  /**
   * Goes on with a batch that the client has sent; those before are answered. {@link #next} then
   * gives the answer's batches until it returns false.
   *
   * @param batch lent for this call
   * @param dictionaries of its dictionary-encoded columns; lent too
   * @throws InterruptedException if the client has cancelled
   */
  void take(VectorSchemaRoot batch, DictionaryProvider dictionaries) throws InterruptedException;

  /**
   * The client has sent its last batch, and all are answered.
   *
   * @throws org.apache.arrow.flight.FlightRuntimeException if something is amiss with the whole
   */
  default void end() {}
}
