package dev.tessera.api.testkit;

import dev.tessera.api.EventLog;
import java.util.List;

/**
 * An event log together with the memory it owns.
 *
 * @param log views of the owned vectors
 * @param owned what {@link #close} frees
 */
public record BuiltLog(EventLog log, List<AutoCloseable> owned) implements AutoCloseable {

  @Override
  public void close() {
    for (AutoCloseable resource : owned) {
      try {
        resource.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
