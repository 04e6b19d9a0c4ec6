package dev.tessera.host.plugin;

import dev.tessera.api.PluginInfo;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One jar that was found, working or not: a line of {@code tessera plugins list}.
 *
 * @param id the manifest's {@code Plugin-Id}; the jar's file name if it has none
 * @param version the manifest's {@code Plugin-Version}; empty if it has none
 * @param state whether steps can use it
 * @param jar where it was found; an empty path for what the host brings itself
 * @param info what the plugin says of itself; empty if it is broken
 * @param why one line that says what is wrong and what to do; empty if it is ready
 */
public record PluginStatus(
    String id, String version, State state, Path jar, Optional<PluginInfo> info, String why) {

  /** Whether a plugin can be used. */
  public enum State {
    /** It can. */
    READY,
    /** It cannot; {@link PluginStatus#why} says why. */
    BROKEN
  }
}
