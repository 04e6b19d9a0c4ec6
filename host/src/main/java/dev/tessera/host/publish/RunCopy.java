package dev.tessera.host.publish;

import dev.tessera.host.data.DataSource.Mode;
import dev.tessera.host.pipeline.Folders;
import dev.tessera.host.pipeline.Manifest;
import dev.tessera.host.pipeline.RunFolder;
import dev.tessera.host.store.EmbeddingFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Takes from a run what serving needs: the exact rows, how they were made, and the models. */
final class RunCopy {

  private RunCopy() {}

  static void link(RunFolder run, Manifest manifest, List<String> steps, RunFolder target) {
    Mode mode = manifest.data().mode();
    Folders.link(run.manifestFile(), target.manifestFile());
    for (String step : steps) {
      EmbeddingFolder from = run.step(mode, step);
      EmbeddingFolder to = target.step(mode, step);
      Folders.create(to.path());
      Folders.link(from.arrow(), to.arrow());
      Folders.link(from.record(), to.record());
      if (Files.isDirectory(from.model())) {
        Folders.link(from.model(), to.model());
      }
    }
  }

  /** The name of a run's folder. */
  static String nameOf(Path run) {
    Path name = run.toAbsolutePath().normalize().getFileName();
    return name == null ? "root" : name.toString();
  }
}
