package dev.tessera.host.fetch;

import dev.tessera.api.PluginContext.Progress;
import dev.tessera.api.PluginException;
import dev.tessera.client.EmbeddingFlightClient;
import dev.tessera.client.EmbeddingInfo;
import dev.tessera.client.EmbeddingRequest;
import dev.tessera.host.progress.ProgressDisplay;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.apache.arrow.memory.BufferAllocator;

/** Brings an embedding, or some clients' rows of it, from a server into a file. */
public final class EmbeddingFetch {

  private final EmbeddingFlightClient client;
  private final BufferAllocator allocator;
  private final ProgressDisplay display;
  private final FetchEffort effort;

  /**
   * Uses a client for as long as calls last; {@code allocator} is the one that the client's is of.
   */
  public EmbeddingFetch(
      EmbeddingFlightClient client,
      BufferAllocator allocator,
      ProgressDisplay display,
      FetchEffort effort) {
    this.client = client;
    this.allocator = allocator;
    this.display = display;
    this.effort = effort;
  }

  /**
   * What was written.
   *
   * @param rows all rows
   * @param unknown those of clients that the server does not know
   */
  public record Result(long rows, long unknown) {}

  /**
   * Fetches into a file, which appears only when it is whole. Ends early when the thread's gRPC
   * context is cancelled.
   *
   * @param request of all clients, in plain form
   * @param clients ids in the order of the rows wanted; empty for all clients, ascending
   * @param file ends with {@code .npy}, {@code .parquet} or {@code .arrow}
   * @throws PluginException if the server or the file fails; nothing is left of the rows then
   */
  public Result fetch(EmbeddingRequest request, Optional<long[]> clients, Path file) {
    AtomicReference<EmbeddingInfo> info = new AtomicReference<>();
    effort.run(() -> info.set(client.info(request)), display::line);
    if (clients.isEmpty()) {
      return readAll(info.get(), file);
    }
    AtomicReference<Result> result = new AtomicReference<>();
    effort.run(() -> result.set(lookUp(request, info.get(), clients.get(), file)), display::line);
    return result.get();
  }

  private Result lookUp(EmbeddingRequest request, EmbeddingInfo info, long[] clients, Path file) {
    AtomicLong next = new AtomicLong();
    AtomicLong unknown = new AtomicLong();
    try (FetchedFile out = FetchedFile.create(file, info, clients.length, true, allocator);
        Progress progress = display.start("fetching " + info.name(), "clients", clients.length)) {
      client.lookUp(
          request,
          clients,
          batch -> {
            out.write(next.getAndAdd(batch.size()), batch);
            unknown.addAndGet(batch.unknown());
            progress.advance(batch.size());
          });
      out.commit();
    }
    return new Result(clients.length, unknown.get());
  }

  private Result readAll(EmbeddingInfo info, Path file) {
    try (FetchedFile out = FetchedFile.create(file, info, info.rows(), false, allocator);
        Progress progress = display.start("fetching " + info.name(), "clients", info.rows())) {
      readParts(info, out, progress);
      out.commit();
    }
    return new Result(info.rows(), 0);
  }

  private void readParts(EmbeddingInfo info, FetchedFile out, Progress progress) {
    LongConsumer advance =
        rows -> {
          synchronized (progress) {
            progress.advance(rows);
          }
        };
    try (FetchedParts parts = new FetchedParts(client, info, effort, out, display, advance)) {
      parts.await();
    }
  }
}
