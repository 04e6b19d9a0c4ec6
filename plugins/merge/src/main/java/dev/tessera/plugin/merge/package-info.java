/** Lays the embeddings of other steps side by side: see {@link MergeStage}. */
package dev.tessera.plugin.merge;
