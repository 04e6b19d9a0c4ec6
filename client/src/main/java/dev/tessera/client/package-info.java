/**
 * Reads embeddings from a Tessera server, without the host: {@link
 * dev.tessera.client.EmbeddingFlightClient} is where to begin. What goes over the wire, {@link
 * dev.tessera.client.EmbeddingRequest} and {@link dev.tessera.client.LiveRequest}, is written and
 * read here for both sides.
 */
package dev.tessera.client;
