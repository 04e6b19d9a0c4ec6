/**
 * The plugin {@code next-url}: a causal transformer over the pages that a client visits. Start at
 * {@link dev.tessera.plugin.nexturl.NextUrlModel}.
 */
package dev.tessera.plugin.nexturl;
