/**
 * The whole contract between the Tessera host and a model plugin.
 *
 * <p>A plugin is one jar. It implements {@link dev.tessera.api.ModelPluginFactory}, names it in
 * {@code META-INF/services}, and uses nothing of the host but this package (and the libraries the
 * host shares: Arrow, slf4j). Shape letters used throughout: N clients, M items, D embedding
 * dimension.
 */
package dev.tessera.api;
