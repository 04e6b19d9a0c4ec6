package dev.tessera.host.fetch;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginContext.Progress;
import dev.tessera.api.PluginException;
import dev.tessera.client.EmbeddingFlightClient;
import dev.tessera.client.EmbeddingInfo;
import dev.tessera.client.EmbeddingRequest;
import dev.tessera.client.RowRange;
import dev.tessera.host.progress.ProgressDisplay;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.arrow.flight.Ticket;
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
   * Fetches into a file, which appears only when it is whole.
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
    AtomicLong unknown = new AtomicLong();
    try (FetchedFile out = FetchedFile.create(file, info, clients.length, true, allocator);
        Progress progress = display.start("fetching " + info.name(), "clients", clients.length)) {
      client.lookUp(
          request,
          clients,
          batch -> {
            out.write(batch);
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
      if (out instanceof NpyFetchedFile array) {
        readPlaced(info, array, progress);
      } else {
        readInOrder(info, file, out, progress);
      }
      out.commit();
    }
    return new Result(info.rows(), 0);
  }

  /** Every part to its place in the array, whichever comes first. */
  private void readPlaced(EmbeddingInfo info, NpyFetchedFile array, Progress progress) {
    List<PlacedPart> places =
        info.parts().stream().map(part -> new PlacedPart(array, range(info, part))).toList();
    try (FetchedParts parts = parts(info, places, progress)) {
      for (int part = 0; part < places.size(); part++) {
        parts.await(part);
      }
    }
  }

  private static RowRange range(EmbeddingInfo info, Ticket part) {
    return EmbeddingRequest.parse(part).rows().orElse(new RowRange(0, info.rows()));
  }

  /** Every part to a file of its own, from which it is taken in its turn. */
  private void readInOrder(EmbeddingInfo info, Path file, FetchedFile out, Progress progress) {
    List<PartFile> files = new ArrayList<>();
    for (int part = 0; part < info.parts().size(); part++) {
      Path path = file.resolveSibling(file.getFileName() + ".part" + part);
      files.add(new PartFile(path, info, allocator));
    }
    AtomicLong written = new AtomicLong();
    try (FetchedParts parts = parts(info, files, progress)) {
      for (int part = 0; part < files.size(); part++) {
        parts.await(part);
        try (PartFile whole = files.get(part)) {
          whole.forEach(
              batch -> {
                out.write(batch);
                written.addAndGet(batch.size());
              });
        }
      }
    } finally {
      files.forEach(PartFile::close);
    }
    if (written.get() != info.rows()) {
      throw new PluginException(
          ErrorCode.IO,
          "wanted %d rows of %s, the streams had %d: fetch again"
              .formatted(info.rows(), info.name(), written.get()));
    }
  }

  private FetchedParts parts(
      EmbeddingInfo info, List<? extends PartTarget> targets, Progress progress) {
    return new FetchedParts(
        client,
        info,
        effort,
        targets,
        display,
        rows -> {
          synchronized (progress) {
            progress.advance(rows);
          }
        });
  }
}
