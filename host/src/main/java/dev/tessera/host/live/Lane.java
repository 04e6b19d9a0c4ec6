package dev.tessera.host.live;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * One thread that does one piece of work after the other, and a short queue before it. A thread of
 * its own, not merely a lock: PyTorch keeps buffers and settings for each thread that calls it.
 */
final class Lane implements AutoCloseable {

  /** So many pieces may wait; at some milliseconds each, the last one waits a moment. */
  static final int QUEUE = 32;

  private final ThreadPoolExecutor thread;
  private volatile Piece current;
  private volatile boolean closing;

  Lane(String name) {
    thread =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUE),
            task -> {
              Thread made = new Thread(task, name);
              made.setDaemon(true);
              return made;
            });
  }

  /** Whether a piece is at work. */
  boolean isBusy() {
    return current != null;
  }

  /** How many pieces are at work or wait. */
  int load() {
    return thread.getQueue().size() + (isBusy() ? 1 : 0);
  }

  /** Whether the piece at work should end; asked by it. */
  boolean isCancelled() {
    Piece piece = current;
    return closing || piece != null && piece.abandoned;
  }

  /**
   * Does a piece of work and waits for its end.
   *
   * @return what it made; the caller closes it
   * @throws RejectedExecutionException if the queue is full or the lane closed
   * @throws InterruptedException if the caller was interrupted; the work has then ended too
   */
  LiveVectors run(Supplier<LiveVectors> work) throws InterruptedException {
    Piece piece = new Piece(work);
    thread.execute(piece);
    try {
      piece.ended.await();
      return piece.result();
    } catch (InterruptedException e) {
      giveUp(piece);
      throw e;
    }
  }

  private void giveUp(Piece piece) {
    piece.abandoned = true;
    if (!thread.remove(piece)) {
      // it uses the caller's memory, so it must end first
      awaitUninterruptibly(piece.ended);
      if (piece.made != null) {
        piece.made.close();
      }
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException e) {
        // again: the caller throws the first interruption
      }
    }
  }

  /** Ends the piece at work, and refuses those that wait. */
  @Override
  public void close() {
    closing = true;
    for (Runnable waiting : thread.shutdownNow()) {
      ((Piece) waiting).refuse();
    }
    boolean interrupted = false;
    while (!thread.isTerminated()) {
      try {
        thread.awaitTermination(1, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        interrupted = true; // stages must not be closed while one works
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Work, its state and its end. */
  private final class Piece implements Runnable {

    private final Supplier<LiveVectors> work;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean abandoned;

    // Written before `ended`, read after it.
    private LiveVectors made;
    private Throwable failure;

    Piece(Supplier<LiveVectors> work) {
      this.work = work;
    }

    @Override
    public void run() {
      current = this;
      try {
        if (!abandoned) {
          made = work.get();
        }
      } catch (RuntimeException | Error e) { // thrown to the caller by result()
        failure = e;
      } finally {
        current = null;
        ended.countDown();
      }
    }

    void refuse() {
      failure = new RejectedExecutionException("the lane is closed");
      ended.countDown();
    }

    LiveVectors result() {
      if (failure instanceof Error error) {
        throw error;
      }
      if (failure != null) {
        throw (RuntimeException) failure;
      }
      return made;
    }
  }
}
