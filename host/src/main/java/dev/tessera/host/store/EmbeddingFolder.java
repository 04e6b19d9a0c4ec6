package dev.tessera.host.store;

import java.nio.file.Path;

/**
 * The folder of one step's result. Names of its parts:
 *
 * <ul>
 *   <li>{@code client_ids.npy} int64 [n] and {@code embeddings.npy} float16 [n, D], the challenge's
 *       format;
 *   <li>{@code embeddings.arrow}: the same rows in float32, in record batches of at most 2 MB, to
 *       be memory-mapped; the exact result, which merges read and the server sends;
 *   <li>{@code embeddings.parquet}: {@code client_id}, {@code embedding} in float32;
 *   <li>{@code model/}: what the plugin saved;
 *   <li>{@code step.json}: how it was made; written last, so a folder with it is whole.
 * </ul>
 *
 * @param path the folder
 */
public record EmbeddingFolder(Path path) {

  /** The sorted client ids. */
  public Path clientIds() {
    return path.resolve("client_ids.npy");
  }

  /** The float16 matrix. */
  public Path halves() {
    return path.resolve("embeddings.npy");
  }

  /** The float32 batches. */
  public Path arrow() {
    return path.resolve("embeddings.arrow");
  }

  /** The float32 table. */
  public Path parquet() {
    return path.resolve("embeddings.parquet");
  }

  /** The saved model. */
  public Path model() {
    return path.resolve("model");
  }

  /** The record of how the folder was made. */
  public Path record() {
    return path.resolve("step.json");
  }
}
