/**
 * The judge: how well profiles predict what clients do next, by the challenge's six tasks and
 * metrics, and whether an entry is valid. Targets are matrices that are built once for a list of
 * clients; a probe learns from the first window and is scored on the second.
 */
package dev.tessera.host.evaluate;
