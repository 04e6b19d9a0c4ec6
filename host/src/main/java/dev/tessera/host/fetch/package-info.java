/**
 * Fetches embeddings from a Flight server into files: {@code tessera fetch}. {@link
 * dev.tessera.host.fetch.EmbeddingFetch} reads the parts side by side, again where a connection
 * breaks, each into its place of a file that gets its name when it is whole. Knows the server only
 * through {@link dev.tessera.client.EmbeddingFlightClient}.
 */
package dev.tessera.host.fetch;
