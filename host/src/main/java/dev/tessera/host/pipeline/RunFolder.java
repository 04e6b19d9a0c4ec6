package dev.tessera.host.pipeline;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.host.data.DataSource.Mode;
import dev.tessera.host.store.EmbeddingFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A run's output: {@code manifest.json} and, as the challenge lays it out, {@code
 * embeddings_submit/STEP} or {@code embeddings_local/STEP}.
 *
 * @param path the folder
 */
public record RunFolder(Path path) {

  private static final String MANIFEST = "manifest.json";

  /** Where the run is described. */
  public Path manifestFile() {
    return path.resolve(MANIFEST);
  }

  /** The folder of one step's result. */
  public EmbeddingFolder step(Mode mode, String step) {
    return new EmbeddingFolder(embeddings(mode).resolve(step));
  }

  /** Whether a folder is that of a step, made in a mode, by where it lies. */
  public static boolean holdsStep(Mode mode, Path folder) {
    Path parent = folder.toAbsolutePath().normalize().getParent();
    return parent != null && parent.endsWith(name(mode));
  }

  private Path embeddings(Mode mode) {
    return path.resolve(name(mode));
  }

  private static String name(Mode mode) {
    return mode == Mode.LOCAL ? "embeddings_local" : "embeddings_submit";
  }

  /**
   * Creates the folder and tries to write there, before any work.
   *
   * @throws PluginException IO if it cannot be written
   */
  void prepare(Mode mode) {
    Folders.create(embeddings(mode));
    Folders.sweep(embeddings(mode));
    Path probe = path.resolve(".writable-" + ProcessHandle.current().pid());
    try {
      Files.write(probe, new byte[1]);
      Files.delete(probe);
    } catch (IOException e) {
      throw new PluginException(
          ErrorCode.IO,
          "%s: the output folder cannot be written to (%s); give another with --out"
              .formatted(path, e.getClass().getSimpleName()),
          e);
    }
  }

  /** Puts a cached result in its place; nothing happens if it is there already. */
  void place(Mode mode, String step, EmbeddingFolder result) {
    EmbeddingFolder target = step(mode, step);
    if (isSame(target, result)) {
      return;
    }
    Path aside = Folders.aside(target.path());
    try {
      Folders.link(result.path(), aside);
      Folders.replace(aside, target.path());
    } finally {
      Folders.delete(aside);
    }
  }

  private static boolean isSame(EmbeddingFolder target, EmbeddingFolder result) {
    return Files.exists(target.record())
        && Files.exists(target.arrow())
        && StepRecord.read(target).key().equals(StepRecord.read(result).key());
  }

  /** Writes the manifest aside and renames it. */
  public void write(Manifest manifest) {
    manifest.write(manifestFile());
  }

  /**
   * Reads the manifest.
   *
   * @throws PluginException INVALID_CONFIG if the folder holds no run
   */
  public Manifest manifest() {
    if (!Files.exists(manifestFile())) {
      throw new PluginException(
          ErrorCode.INVALID_CONFIG,
          "%s holds no run: it has no %s; give the output folder of `tessera run`"
              .formatted(path, MANIFEST));
    }
    return Manifest.read(manifestFile());
  }

  /** The steps of the run that have a result, in the order they ran. */
  public List<String> steps() {
    return manifest().steps().stream()
        .filter(step -> step.status().hasResult())
        .map(StepOutcome::step)
        .toList();
  }
}
