package dev.tessera.host.fetch;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.client.EmbeddingFlightClient;
import dev.tessera.client.EmbeddingInfo;
import dev.tessera.client.EmbeddingRequest;
import dev.tessera.client.EmbeddingRows;
import dev.tessera.client.RowRange;
import dev.tessera.host.progress.ProgressDisplay;
import io.grpc.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.apache.arrow.flight.Ticket;

/**
 * The parts of an embedding, read into a file: side by side if it takes rows in any order, else one
 * after the other. A part whose stream was cut goes on after the last row that came, so that every
 * row is written once, and memory holds a batch of each stream.
 */
final class FetchedParts implements AutoCloseable {

  private static final int END_SECONDS = 60;

  private final EmbeddingFlightClient client;
  private final EmbeddingInfo info;
  private final FetchEffort effort;
  private final FetchedFile out;
  private final ProgressDisplay display;
  private final LongConsumer advance;
  private final Context.CancellableContext calls = Context.current().withCancellation();
  private final ExecutorService threads;
  private final List<Future<?>> reads = new ArrayList<>();

  /**
   * Begins to read.
   *
   * @param advance is told of rows that were written, by any thread
   * @throws PluginException if the parts are not all rows in order
   */
  FetchedParts(
      EmbeddingFlightClient client,
      EmbeddingInfo info,
      FetchEffort effort,
      FetchedFile out,
      ProgressDisplay display,
      LongConsumer advance) {
    this.client = client;
    this.info = info;
    this.effort = effort;
    this.out = out;
    this.display = display;
    this.advance = advance;
    List<RowRange> ranges = ranges(info);
    this.threads = Executors.newFixedThreadPool(out.takesAnyOrder() ? effort.streams() : 1);
    for (int part = 0; part < ranges.size(); part++) {
      int index = part;
      reads.add(threads.submit(calls.wrap(() -> read(index, ranges.get(index)))));
    }
    threads.shutdown();
  }

  private static List<RowRange> ranges(EmbeddingInfo info) {
    List<RowRange> ranges = new ArrayList<>();
    long next = 0;
    for (Ticket part : info.parts()) {
      RowRange range = EmbeddingRequest.parse(part).rows().orElse(new RowRange(0, info.rows()));
      if (range.from() != next) {
        break;
      }
      ranges.add(range);
      next = range.to();
    }
    if (next != info.rows()) {
      throw new PluginException(
          ErrorCode.IO,
          "wanted parts that give the %d rows of %s in order, they end at row %d"
              .formatted(info.rows(), info.name(), next));
    }
    return ranges;
  }

  private void read(int part, RowRange range) {
    EmbeddingRequest request = EmbeddingRequest.parse(info.parts().get(part));
    long[] next = {range.from()};
    effort.run(
        () -> {
          if (next[0] < range.to()) {
            Ticket rest = request.part(new RowRange(next[0], range.to())).ticket();
            client.readPart(info, rest, rows -> next[0] = write(rows, next[0], range));
          }
        },
        line -> display.line("part %d of %d: %s".formatted(part + 1, reads.size(), line)));
    if (next[0] != range.to()) {
      throw wrong(range, next[0]);
    }
  }

  /** Writes rows, and returns the row after them. */
  private long write(EmbeddingRows rows, long first, RowRange range) {
    long end = first + rows.size();
    if (end > range.to()) {
      throw wrong(range, end); // they would be on the next part's place
    }
    out.write(first, rows);
    advance.accept(rows.size());
    return end;
  }

  private static PluginException wrong(RowRange range, long end) {
    return new PluginException(
        ErrorCode.IO,
        "wanted rows %d to %d in one stream, it came to %d: fetch again"
            .formatted(range.from(), range.to(), end));
  }

  /** Waits until all rows are written, or one part has failed. */
  void await() {
    try {
      for (Future<?> read : reads) {
        read.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof PluginException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw FetchEffort.ended(e);
    }
  }

  /**
   * Ends what still reads; nothing is written after this. By cancelling the calls, not by
   * interrupts: those would close the files' channels and leave messages in the streams.
   */
  @Override
  public void close() {
    calls.cancel(null);
    try {
      threads.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
