package dev.tessera.host.cli;

import dev.tessera.host.publish.PublicationStore;
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

  PublicationStore open() {
    return new PublicationStore(folder);
  }
}
