package dev.tessera.api;

import java.util.Objects;
import java.util.Set;

/**
 * What a plugin says of itself.
 *
 * @param name equal to the jar's {@code Plugin-Id}; lower case, digits and hyphens
 * @param summary one sentence for {@code tessera plugins list}
 * @param reads every event table that some configuration of the plugin reads; empty for a merge
 * @param newClients what the fitted model does with a client that it was not fitted on
 */
public record PluginInfo(String name, String summary, Set<EventKind> reads, NewClients newClients) {

  /** What {@code embed} gives a client who was not in the log that the model was fitted on. */
  public enum NewClients {
    /** The vector is a function of the client's own events. */
    EMBEDDED,
    /** The client is folded in: a small problem is solved with the fitted item side held fixed. */
    FOLDED_IN,
    /** The model holds one vector per fitted client; others get zeros. */
    ZERO
  }

  /** Checks the name and copies the set. */
  public PluginInfo {
    if (!name.matches("[a-z][a-z0-9-]*")) {
      throw new IllegalArgumentException(
          "plugin name must match [a-z][a-z0-9-]*, was '" + name + "'");
    }
    Objects.requireNonNull(summary, "summary");
    Objects.requireNonNull(newClients, "newClients");
    reads = Set.copyOf(reads);
  }
}
