package dev.tessera.host.data;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.Npy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The list of clients whose profiles are asked for. */
public final class RelevantClients {

  private RelevantClients() {}

  /**
   * Reads the list; nothing if there is none, and then all clients are meant.
   *
   * @throws dev.tessera.api.PluginException if it is no one-dimensional int64 array, truncated,
   *     empty, or has an id twice
   */
  public static Optional<ClientSelection> read(Path file) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    long[] ids = Npy.readLongs(file);
    if (ids.length == 0) {
      throw DataFault.invalid(
          file,
          "wanted at least one client id, found none; without this file all clients are relevant");
    }
    try {
      return Optional.of(ClientSelection.of(ids));
    } catch (IllegalArgumentException e) {
      throw DataFault.invalid(file, "wanted each client once, " + e.getMessage());
    }
  }
}
