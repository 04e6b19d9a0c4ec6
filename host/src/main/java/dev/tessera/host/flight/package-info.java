/**
 * Serves embeddings over Arrow Flight.
 *
 * <p>The way of a request: {@link dev.tessera.host.flight.EmbeddingFlightServer} takes the call,
 * {@link dev.tessera.host.flight.call.CallGate} lets it pass, its producer parses the {@link
 * dev.tessera.client.EmbeddingRequest}, looks the name up in the {@link
 * dev.tessera.host.flight.EmbeddingCatalog} and starts a stream that a bounded set of worker
 * threads feeds for as long as the client takes more.
 */
package dev.tessera.host.flight;
