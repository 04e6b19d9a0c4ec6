package dev.tessera.neural.testkit;

import dev.tessera.api.EventLog;
import dev.tessera.api.testkit.GoldenData;
import dev.tessera.host.data.DataSource;
import dev.tessera.host.data.EventStore;
import dev.tessera.host.data.StoreOptions;
import java.nio.file.Path;
import org.apache.arrow.memory.RootAllocator;

/** The reference log, or the test is skipped. */
public final class GoldenLog implements AutoCloseable {

  private final RootAllocator allocator = new RootAllocator();
  private final EventStore store;

  /** Builds the store in a folder. */
  public GoldenLog(Path workspace) {
    store =
        EventStore.open(
            new DataSource(GoldenData.golden("raw"), DataSource.Mode.SUBMIT),
            workspace,
            StoreOptions.of(allocator));
  }

  /** Its events, until it is closed. */
  public EventLog log() {
    return store.log();
  }

  @Override
  public void close() {
    store.close();
    allocator.close();
  }
}
