package dev.tessera.host.evaluate;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.host.data.DataSource.Mode;
import dev.tessera.host.pipeline.Manifest;
import dev.tessera.host.pipeline.RunFolder;
import dev.tessera.host.store.EmbeddingFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The embeddings that a user names: folders with the challenge's two files, whole runs, or steps of
 * runs as {@code RUN/STEP}.
 */
public final class JudgedEmbeddings {

  private final List<EmbeddingMatrix> embeddings = new ArrayList<>();
  private final Set<Path> dataOfRuns = new LinkedHashSet<>();
  private final Path data;

  private JudgedEmbeddings(List<Path> names, Optional<Path> given) {
    names.forEach(name -> add(name, names.size() > 1));
    if (given.isEmpty() && dataOfRuns.size() != 1) {
      throw new PluginException(
          ErrorCode.INVALID_CONFIG,
          dataOfRuns.isEmpty()
              ? "wanted the data folder that was split; give it with --data"
              : "the runs were made from several data folders; give one with --data");
    }
    data = given.orElseGet(() -> dataOfRuns.iterator().next());
  }

  /**
   * Opens embeddings.
   *
   * @param data the data folder, if given; else the runs must agree on one
   * @throws PluginException if a name is none of the above or has seen the targets, a file is
   *     malformed, or no data folder is known
   */
  public static JudgedEmbeddings open(List<Path> names, Optional<Path> data) {
    return new JudgedEmbeddings(names, data);
  }

  /** In the order named. */
  public List<EmbeddingMatrix> embeddings() {
    return List.copyOf(embeddings);
  }

  /** The data folder. */
  public Path data() {
    return data;
  }

  private void add(Path name, boolean several) {
    if (Files.exists(new EmbeddingFolder(name).halves())) {
      if (RunFolder.holdsStep(Mode.SUBMIT, name)) {
        throw seenTargets(name);
      }
      embeddings.add(
          EmbeddingMatrix.open(
              several ? name.toString() : String.valueOf(name.getFileName()),
              new EmbeddingFolder(name)));
      return;
    }
    RunFolder run = new RunFolder(name);
    if (Files.exists(run.manifestFile())) {
      addSteps(run, run.steps(), several ? name + "/" : "");
      return;
    }
    if (name.getParent() != null && Files.exists(new RunFolder(name.getParent()).manifestFile())) {
      addStep(new RunFolder(name.getParent()), name.getFileName().toString());
      return;
    }
    throw new PluginException(
        ErrorCode.INVALID_CONFIG,
        "%s: wanted a folder with client_ids.npy and embeddings.npy, a run, or RUN/STEP; found none of them"
            .formatted(name));
  }

  private void addStep(RunFolder run, String step) {
    if (!run.steps().contains(step)) {
      throw new PluginException(
          ErrorCode.INVALID_CONFIG,
          "%s: no step with a result is named '%s'; there are: %s"
              .formatted(run.path(), step, String.join(", ", run.steps())));
    }
    addSteps(run, List.of(step), "");
  }

  private void addSteps(RunFolder run, List<String> steps, String prefix) {
    Manifest manifest = run.manifest();
    dataOfRuns.add(Path.of(manifest.data().folder()));
    requireUnseenTargets(run, manifest);
    for (String step : steps) {
      embeddings.add(EmbeddingMatrix.open(prefix + step, run.step(manifest.data().mode(), step)));
    }
  }

  /**
   * Refuses a run whose events include the targets: its scores would say nothing of the future.
   *
   * @throws PluginException INVALID_DATA if it was made in mode submit
   */
  static void requireUnseenTargets(RunFolder run, Manifest manifest) {
    if (manifest.data().mode() != Mode.LOCAL) {
      throw seenTargets(run.path());
    }
  }

  private static PluginException seenTargets(Path name) {
    return new PluginException(
        ErrorCode.INVALID_DATA,
        name
            + " was made in mode submit, from events that include the targets, so scores would say nothing of the future; run it with --mode local on split data");
  }
}
