package dev.tessera.host.pipeline;

import dev.tessera.api.PluginException;
import dev.tessera.host.store.EmbeddingFolder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Finished steps by content, in the workspace. A folder under its key's name is whole, because it
 * was renamed there; two that make the same step at once, in one process or in two, do the work
 * twice, and nothing worse.
 */
final class StepCache {

  private final Path folder;

  StepCache(Path workspace) {
    this.folder = workspace.resolve("steps");
    Folders.create(folder);
    Folders.sweep(folder);
  }

  /** Whether the step need not run. */
  boolean has(CacheKey key) {
    return Files.exists(folder(key).record());
  }

  /** Where the result is, or will be. */
  EmbeddingFolder folder(CacheKey key) {
    return new EmbeddingFolder(folder.resolve(key.hex()));
  }

  /** An empty folder to write the result into. */
  EmbeddingFolder aside(CacheKey key) {
    return new EmbeddingFolder(Folders.aside(folder(key).path()));
  }

  /** Where an unfinished training keeps its checkpoints, from one process to the next. */
  Path checkpoint(CacheKey key) {
    return folder.resolve(key.hex() + ".checkpoint");
  }

  /**
   * Takes a whole result, unless an equal one was there first, which others may read by now. Its
   * checkpoints have served.
   */
  void commit(EmbeddingFolder aside, CacheKey key) {
    Folders.protect(aside.path());
    try {
      if (!has(key)) {
        Folders.replace(aside.path(), folder(key).path());
      }
    } catch (PluginException e) {
      if (!has(key)) {
        throw e;
      } // another was first in between; the caller drops ours
    }
    Folders.delete(checkpoint(key));
  }
}
