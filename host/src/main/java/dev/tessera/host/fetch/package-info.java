/**
 * Fetches embeddings from a Flight server into files: {@code tessera fetch}. {@link
 * dev.tessera.host.fetch.EmbeddingFetch} reads the parts, going on where a connection broke, into a
 * file that gets its name when it is whole. Knows the server only through {@link
 * dev.tessera.client.EmbeddingFlightClient}.
 */
package dev.tessera.host.fetch;
