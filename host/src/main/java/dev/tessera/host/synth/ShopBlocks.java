package dev.tessera.host.synth;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginContext.Progress;
import dev.tessera.api.PluginException;
import dev.tessera.host.synth.BlockRows.Block;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Makes blocks on several threads and hands them to the files and the tally in block order. At most
 * two blocks a thread are in memory, so memory does not depend on the number of clients.
 */
final class ShopBlocks {

  private static final int BLOCKS_PER_THREAD = 2;

  private final ShopPlan plan;
  private final Catalogue catalogue;
  private final BlockRows rows;
  private final int threads;

  ShopBlocks(ShopPlan plan, Catalogue catalogue, BlockRows rows, int threads) {
    this.plan = plan;
    this.catalogue = catalogue;
    this.rows = rows;
    this.threads = threads;
  }

  /** Generates all blocks; returns when every row is written, or throws if cancelled. */
  void run(ShopFiles files, PurchaseTally tally, Progress progress, BooleanSupplier cancelled) {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      schedule(files, tally, progress, cancelled, executor).join();
      if (cancelled.getAsBoolean()) {
        throw new PluginException(ErrorCode.CANCELLED, "stopped; nothing was written");
      }
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    } finally {
      // All tasks have ended: the future joined is done when each of them is, failed ones too.
      executor.shutdown();
    }
  }

  private CompletableFuture<Void> schedule(
      ShopFiles files,
      PurchaseTally tally,
      Progress progress,
      BooleanSupplier cancelled,
      ExecutorService executor) {
    Semaphore room = new Semaphore(BLOCKS_PER_THREAD * threads);
    AtomicBoolean failed = new AtomicBoolean();
    CompletableFuture<Void> counted = CompletableFuture.completedFuture(null);
    CompletableFuture<Void> all = counted;
    for (int number = 0; number < EventBlock.blocks(plan); number++) {
      room.acquireUninterruptibly();
      if (failed.get() || cancelled.getAsBoolean()) {
        break;
      }
      int block = number;
      CompletableFuture<Block> made =
          CompletableFuture.supplyAsync(
              () -> rows.of(EventBlock.generate(plan, catalogue, block)), executor);
      counted = counted.thenAcceptBoth(made, (done, ready) -> tally.add(ready.purchases()));
      CompletableFuture<Void> written =
          CompletableFuture.allOf(counted, files.append(made, executor))
              .whenComplete(
                  (done, failure) -> {
                    failed.compareAndSet(false, failure != null);
                    progress.advance(EventBlock.clients(plan, block));
                    room.release();
                  });
      all = CompletableFuture.allOf(all, written);
    }
    return all;
  }
}
