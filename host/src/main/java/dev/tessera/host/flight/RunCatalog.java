package dev.tessera.host.flight;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.host.pipeline.Manifest;
import dev.tessera.host.pipeline.RunFolder;
import dev.tessera.host.store.EmbeddingFolder;
import dev.tessera.host.store.MappedEmbedding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;

/**
 * The embeddings of some runs, mapped from their folders. Those of a single run are served under
 * their steps' names, those of several under {@code RUN/STEP}, where RUN is the folder's name.
 */
public final class RunCatalog implements AutoCloseable {

  private final List<MappedEmbedding> mapped = new ArrayList<>();
  private final List<ServedEmbedding> served = new ArrayList<>();

  private RunCatalog() {}

  /**
   * Maps every result of the runs.
   *
   * @param runs output folders of runs, at least one
   * @param allocator counts the mapped bytes; outlives this object
   * @throws PluginException if a folder holds no run, no run has a result, or two folders have the
   *     same name
   */
  public static RunCatalog open(List<Path> runs, BufferAllocator allocator) {
    checkNames(runs);
    RunCatalog catalog = new RunCatalog();
    try {
      for (Path run : runs) {
        catalog.add(new RunFolder(run), prefix(run, runs.size()), allocator);
      }
      if (catalog.served.isEmpty()) {
        throw new PluginException(
            ErrorCode.INVALID_INPUT,
            "no step of %s has a result to serve: run it again with `tessera run`".formatted(runs));
      }
      return catalog;
    } catch (RuntimeException e) {
      catalog.close();
      throw e;
    }
  }

  /**
   * What stands before the names of a run's steps.
   *
   * @param runs how many are served
   */
  public static String prefix(Path run, int runs) {
    return runs > 1 ? name(run) + "/" : "";
  }

  /** What a server is given; valid until {@link #close}. */
  public List<ServedEmbedding> embeddings() {
    return List.copyOf(served);
  }

  /** A catalogue of these alone. */
  public EmbeddingCatalog catalog() {
    return new EmbeddingCatalog(served);
  }

  /** Gives the mappings up; no server may use them any more. */
  @Override
  public void close() {
    mapped.forEach(MappedEmbedding::close);
  }

  private void add(RunFolder run, String prefix, BufferAllocator allocator) {
    Manifest manifest = run.manifest();
    for (String step : run.steps()) {
      EmbeddingFolder folder = run.step(manifest.data().mode(), step);
      MappedEmbedding embedding = MappedEmbedding.open(folder, step, allocator);
      mapped.add(embedding);
      served.add(
          new ServedEmbedding(
              prefix + step,
              embedding.embeddings(),
              RunMetadata.of(name(run.path()), manifest, folder)));
    }
  }

  private static void checkNames(List<Path> runs) {
    Set<String> names = new HashSet<>();
    for (Path run : runs) {
      if (!names.add(name(run))) {
        throw new PluginException(
            ErrorCode.INVALID_CONFIG,
            "two run folders are named %s, by which clients tell them apart: rename one"
                .formatted(name(run)));
      }
    }
  }

  private static String name(Path run) {
    Path name = run.toAbsolutePath().normalize().getFileName();
    return name == null ? "root" : name.toString();
  }
}
