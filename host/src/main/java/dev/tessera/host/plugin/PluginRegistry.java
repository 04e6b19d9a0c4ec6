package dev.tessera.host.plugin;

import dev.tessera.api.PluginException;
import java.nio.file.Path;
import java.util.List;

/**
 * The plugins of some folders. A broken jar is kept as a {@link PluginStatus} with its reason and
 * never stops the others. Safe to read from any thread.
 */
public final class PluginRegistry implements AutoCloseable {

  private PluginRegistry() {}

  /**
   * Loads every {@code *.jar} of the folders, in order of folder, then name.
   *
   * @param folders those that do not exist are passed over
   */
  public static PluginRegistry load(List<Path> folders) {
    throw new UnsupportedOperationException("skeleton " + folders);
  }

  /** All jars found, in the order they were found. */
  public List<PluginStatus> statuses() {
    throw new UnsupportedOperationException("skeleton");
  }

  /**
   * The plugin of that id.
   *
   * @throws PluginException INVALID_CONFIG if there is none (lists those there are) or if it is
   *     broken (says why)
   */
  public LoadedPlugin require(String id) {
    throw new UnsupportedOperationException("skeleton " + id);
  }

  /** Closes the class loaders; stages of the plugins must be closed before. */
  @Override
  public void close() {}
}
