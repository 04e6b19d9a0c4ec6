package dev.tessera.api;

import java.nio.file.Path;
import java.util.List;

/**
 * One trained or trainable part of a run. Used by one thread at a time unless a method says
 * otherwise. What it allocates from its context it frees in {@link #close}.
 */
public sealed interface Stage extends AutoCloseable permits EmbeddingModel, EmbeddingMerge {

  /** D, the number of columns; constant once fitted or opened. */
  int dimension();

  /**
   * A name for each of the D columns, kept in the output's metadata; empty if they have none (a
   * latent factor has none). Valid once fitted or opened.
   */
  default List<String> columnNames() {
    return List.of();
  }

  /**
   * Writes everything that {@link ModelPluginFactory#open} needs into an existing, empty folder.
   * The host moves the folder into place when the step is complete.
   */
  void save(Path modelDirectory);

  @Override
  void close();
}
