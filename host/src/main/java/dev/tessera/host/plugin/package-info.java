/**
 * Finds plugin jars, gives each a class loader of its own, and calls into them. The only package
 * that knows PF4J and the only one that swaps context class loaders.
 */
package dev.tessera.host.plugin;
