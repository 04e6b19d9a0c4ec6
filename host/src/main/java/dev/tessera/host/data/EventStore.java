package dev.tessera.host.data;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventLog;
import dev.tessera.api.PluginException;
import dev.tessera.host.arrow.HostMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;

/**
 * A source's events, sorted, encoded and mapped. The files lie in the workspace under the
 * fingerprint of the source and are built when they are missing or the source has changed. Safe to
 * read from any thread; to be closed when no one reads any more.
 */
public final class EventStore implements AutoCloseable {

  private final Path directory;
  private final StoreSummary summary;
  private final MappedLog.Opened opened;
  private final BufferAllocator mappedBytes;

  private EventStore(
      Path directory, StoreSummary summary, MappedLog.Opened opened, BufferAllocator mappedBytes) {
    this.directory = directory;
    this.summary = summary;
    this.opened = opened;
    this.mappedBytes = mappedBytes;
  }

  /**
   * Opens the store of a source, and builds it first where needed.
   *
   * @param source the events
   * @param workspace the folder whose {@code stores/} keeps stores; made if missing
   * @param options memory, threads, progress, cancellation
   * @throws PluginException if the source is missing or malformed, the workspace cannot be written,
   *     memory does not suffice, or the build was cancelled; then nothing is left that looks whole
   */
  public static EventStore open(DataSource source, Path workspace, StoreOptions options) {
    source.requireEvents();
    SourceFingerprint fingerprint = SourceFingerprint.of(source);
    Path directory = StoreFolder.target(workspace, fingerprint.value());
    Optional<StoreSummary> summary = StoreFiles.readSummary(directory);
    if (summary.isEmpty()) {
      build(source, fingerprint, directory, options);
      summary = StoreFiles.readSummary(directory);
    }
    return map(directory, summary.orElseThrow(), options);
  }

  /** The events; views of mapped files, lent until this store is closed. */
  public EventLog log() {
    return opened.log();
  }

  /** 32 hexadecimal digits that change when the source or the format of the store does. */
  public String fingerprint() {
    return summary.fingerprint();
  }

  /** What the user should know about the source, one line each. */
  public List<String> warnings() {
    return summary.warnings();
  }

  /** The folder of the store's files. */
  public Path directory() {
    return directory;
  }

  /** What was counted when the store was built. */
  public StoreSummary summary() {
    return summary;
  }

  /** Gives the mapped files up. The log must not be read any more. */
  @Override
  public void close() {
    opened.files().close();
    mappedBytes.close();
  }

  private static void build(
      DataSource source, SourceFingerprint fingerprint, Path directory, StoreOptions options) {
    try (StoreFolder folder = StoreFolder.create(directory);
        BufferAllocator allocator =
            options.allocator().newChildAllocator("event store build", 0, Long.MAX_VALUE);
        Workers workers = new Workers(options.threads(), options.cancelled());
        StoreBuilder builder =
            new StoreBuilder(
                source,
                folder.temporary(),
                new BuildScope(allocator, workers, options.progress()))) {
      builder.build(fingerprint);
      folder.commit();
    } catch (OutOfMemoryException e) {
      throw new PluginException(
          ErrorCode.OUT_OF_MEMORY,
          source.eventDirectory()
              + ": the event store does not fit the memory limit while it is built; raise the limit ("
              + e.getMessage().lines().findFirst().orElse("")
              + ")",
          e);
    } catch (IOException e) {
      throw DataFault.unwritable(directory, e);
    }
  }

  private static EventStore map(Path directory, StoreSummary summary, StoreOptions options) {
    BufferAllocator mappedBytes =
        HostMemory.forMappedFiles(options.allocator(), "mapped event store");
    try {
      return new EventStore(
          directory, summary, MappedLog.open(directory, mappedBytes), mappedBytes);
    } catch (IOException e) {
      mappedBytes.close();
      throw DataFault.unreadable(directory, e);
    } catch (RuntimeException e) {
      mappedBytes.close();
      throw e;
    }
  }
}
