package dev.tessera.host.cli;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.host.publish.PublicationStore;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where published versions are. */
final class StoreOption {

  @Option(
      names = "--store",
      paramLabel = "DIR",
      defaultValue = "store",
      description = "The folder of published versions (default: ${DEFAULT-VALUE}).")
  private Path folder;

  /** The store, whose folder a publication makes. */
  PublicationStore open() {
    return new PublicationStore(folder);
  }

  /** The store to read. */
  PublicationStore openExisting() {
    return existing(folder);
  }

  /**
   * A store to read.
   *
   * @throws PluginException if there is no such folder
   */
  static PublicationStore existing(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new PluginException(
          ErrorCode.INVALID_CONFIG,
          "no folder %s: 'tessera publish RUN --as NAME --store %s' makes it, or make an empty one"
              .formatted(folder, folder));
    }
    return new PublicationStore(folder);
  }
}
