package dev.tessera.host.flight;

import dev.tessera.host.live.LiveRun;
import java.nio.file.Path;

/** Opens the models of a run's folder, to embed events with. Called by one thread or several. */
@FunctionalInterface
public interface ModelOpener {

  /**
   * Opens them; the caller closes the result.
   *
   * @throws dev.tessera.api.PluginException if there are none, or one cannot be opened
   */
  LiveRun open(Path run);
}
