package dev.tessera.host.flight;

import dev.tessera.api.PluginContext.Progress;
import dev.tessera.api.PluginException;
import dev.tessera.client.EmbeddingFlightClient;
import dev.tessera.client.EmbeddingInfo;
import dev.tessera.client.EmbeddingRows;
import dev.tessera.host.progress.ProgressDisplay;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;

/** Brings an embedding, or some clients' rows of it, from a server into a file. */
public final class EmbeddingFetch {

  private final EmbeddingFlightClient client;
  private final BufferAllocator allocator;
  private final ProgressDisplay display;

  /**
   * Uses a client for as long as calls last; {@code allocator} is the one that the client's is of.
   */
  public EmbeddingFetch(
      EmbeddingFlightClient client, BufferAllocator allocator, ProgressDisplay display) {
    this.client = client;
    this.allocator = allocator;
    this.display = display;
  }

  /**
   * What was written.
   *
   * @param rows all rows
   * @param unknown those of clients that the server does not know
   */
  public record Result(long rows, long unknown) {}

  /**
   * Fetches into a file, which appears only when it is whole.
   *
   * @param clients ids in the order of the rows wanted; empty for all clients, ascending
   * @param file ends with {@code .npy}, {@code .parquet} or {@code .arrow}
   * @throws PluginException if the server or the file fails; nothing is left of the rows then
   */
  public Result fetch(String name, Optional<long[]> clients, Path file) {
    EmbeddingInfo info = client.info(name);
    long rows = clients.map(ids -> (long) ids.length).orElse(info.rows());
    AtomicLong unknown = new AtomicLong();
    try (FetchedFile out = FetchedFile.create(file, info, rows, clients.isPresent(), allocator);
        Progress progress = display.start("fetching " + name, "clients", rows)) {
      Consumer<EmbeddingRows> writing =
          batch -> {
            out.write(batch);
            unknown.addAndGet(batch.unknown());
            progress.advance(batch.size());
          };
      if (clients.isPresent()) {
        client.lookUp(name, clients.get(), writing);
      } else {
        client.readAll(info, writing);
      }
      out.commit();
    }
    return new Result(rows, unknown.get());
  }
}
