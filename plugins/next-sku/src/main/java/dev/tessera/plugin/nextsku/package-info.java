/**
 * The plugin {@code next-sku}: a causal transformer over what a client does with products. Start at
 * {@link dev.tessera.plugin.nextsku.NextSkuModel}.
 */
package dev.tessera.plugin.nextsku;
