package dev.tessera.host.fetch;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.client.EmbeddingFlightClient;
import dev.tessera.client.EmbeddingInfo;
import dev.tessera.host.progress.ProgressDisplay;
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
 * The parts of an embedding, read side by side. Each goes to a target of its own, which is begun
 * anew when its stream was cut, so that rows count once, and memory holds a batch of each stream.
 */
final class FetchedParts implements AutoCloseable {

  private static final int END_SECONDS = 60;

  private final EmbeddingFlightClient client;
  private final EmbeddingInfo info;
  private final FetchEffort effort;
  private final ProgressDisplay display;
  private final LongConsumer advance;
  private final ExecutorService threads;
  private final List<Future<?>> reads = new ArrayList<>();

  /**
   * Begins to read.
   *
   * @param targets one for each of the info's parts
   * @param advance is told of rows read for the first time, by any thread
   */
  FetchedParts(
      EmbeddingFlightClient client,
      EmbeddingInfo info,
      FetchEffort effort,
      List<? extends PartTarget> targets,
      ProgressDisplay display,
      LongConsumer advance) {
    this.client = client;
    this.info = info;
    this.effort = effort;
    this.display = display;
    this.advance = advance;
    this.threads = Executors.newFixedThreadPool(effort.streams());
    for (int part = 0; part < info.parts().size(); part++) {
      int index = part;
      reads.add(threads.submit(() -> read(index, targets.get(index))));
    }
    threads.shutdown();
  }

  private void read(int part, PartTarget target) {
    Ticket ticket = info.parts().get(part);
    long[] seen = {0};
    effort.run(
        () -> {
          target.begin();
          long[] rows = {0};
          client.readPart(
              info,
              ticket,
              batch -> {
                target.write(batch);
                rows[0] += batch.size();
                if (rows[0] > seen[0]) {
                  advance.accept(rows[0] - seen[0]);
                  seen[0] = rows[0];
                }
              });
          target.end();
        },
        line -> display.line("part %d of %d: %s".formatted(part + 1, info.parts().size(), line)));
  }

  /** Waits until a part is whole. */
  void await(int part) {
    try {
      reads.get(part).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof PluginException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PluginException(ErrorCode.CANCELLED, "the fetch was ended", e);
    }
  }

  /** Ends what still reads; targets are not written after this. */
  @Override
  public void close() {
    threads.shutdownNow();
    try {
      threads.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
