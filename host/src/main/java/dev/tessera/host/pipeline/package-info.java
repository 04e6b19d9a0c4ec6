/** A run: which steps, in what order, from which cache, into which folder. */
package dev.tessera.host.pipeline;
