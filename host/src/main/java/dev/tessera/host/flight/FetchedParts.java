package dev.tessera.host.flight;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.client.EmbeddingFlightClient;
import dev.tessera.client.EmbeddingInfo;
import dev.tessera.client.EmbeddingRows;
import dev.tessera.host.progress.ProgressDisplay;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.apache.arrow.memory.BufferAllocator;

/**
 * The parts of an embedding, read side by side. Each goes to a file of its own, which is begun anew
 * when its stream was cut, so that rows can be had in order and once, and memory holds a batch of
 * each stream.
 */
final class FetchedParts implements AutoCloseable {

  private static final int END_SECONDS = 60;

  private final EmbeddingFlightClient client;
  private final EmbeddingInfo info;
  private final FetchEffort effort;
  private final BufferAllocator allocator;
  private final ProgressDisplay display;
  private final LongConsumer advance;
  private final ExecutorService threads;
  private final List<ArrowFetchedFile> files = new ArrayList<>();
  private final List<Future<?>> reads = new ArrayList<>();

  /**
   * Begins to read.
   *
   * @param file beside which the parts are kept
   * @param advance is told of rows read for the first time, by any thread
   */
  FetchedParts(
      EmbeddingFlightClient client,
      EmbeddingInfo info,
      FetchEffort effort,
      BufferAllocator allocator,
      Path file,
      ProgressDisplay display,
      LongConsumer advance) {
    this.client = client;
    this.info = info;
    this.effort = effort;
    this.allocator = allocator;
    this.display = display;
    this.advance = advance;
    this.threads = Executors.newFixedThreadPool(effort.streams());
    files.addAll(Collections.nCopies(info.parts().size(), null));
    for (int part = 0; part < info.parts().size(); part++) {
      int number = part;
      Path partFile = file.resolveSibling(file.getFileName() + ".part" + part);
      reads.add(threads.submit(() -> read(number, partFile)));
    }
    threads.shutdown();
  }

  private void read(int part, Path file) {
    long[] seen = {0};
    effort.run(
        () -> {
          ArrowFetchedFile begun = begin(part, file);
          long[] rows = {0};
          client.readPart(
              info,
              info.parts().get(part),
              batch -> {
                begun.write(batch);
                rows[0] += batch.size();
                if (rows[0] > seen[0]) {
                  advance.accept(rows[0] - seen[0]);
                  seen[0] = rows[0];
                }
              });
          begun.end();
        },
        display::line);
  }

  /** Replaces what an earlier try wrote. */
  private ArrowFetchedFile begin(int part, Path file) {
    synchronized (files) {
      discard(part);
      ArrowFetchedFile begun = new ArrowFetchedFile(file, info, allocator);
      files.set(part, begun);
      return begun;
    }
  }

  private void discard(int part) {
    ArrowFetchedFile file = files.get(part);
    if (file != null) {
      files.set(part, null);
      file.close();
    }
  }

  /** Lends all rows in order, each part as soon as it is whole; its file goes then. */
  void forEach(Consumer<EmbeddingRows> consumer) {
    for (int part = 0; part < reads.size(); part++) {
      await(reads.get(part));
      ArrowFetchedFile whole;
      synchronized (files) {
        whole = files.get(part);
      }
      whole.forEach(consumer, allocator);
      synchronized (files) {
        discard(part);
      }
    }
  }

  private static void await(Future<?> read) {
    try {
      read.get();
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

  @Override
  public void close() {
    threads.shutdownNow();
    try {
      threads.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (files) {
      for (int part = 0; part < files.size(); part++) {
        discard(part);
      }
    }
  }
}
