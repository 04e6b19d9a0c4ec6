package dev.tessera.host.flight;

import dev.tessera.host.flight.call.ServedCall;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;

/**
 * One DoGet stream, written at the client's pace: a worker runs only while the client takes more,
 * so a client that reads slowly, or never, holds no thread and at most {@value #BATCHES_AT_ONCE}
 * batches beyond what gRPC buffers. gRPC's call-backs do no more than to wake it.
 */
final class PacedStream implements Runnable {

  /**
   * Batches that are written whenever the client takes more. One by one each would cost a way
   * through three threads, some 8 % of a byte's processor time (docs/BENCHMARKS.md).
   */
  static final int BATCHES_AT_ONCE = 4;

  /** A fast stream goes back to the end of the workers' queue after so many batches. */
  private static final int BATCHES_IN_A_TURN = 2 * BATCHES_AT_ONCE;

  private final ServerStreamListener listener;
  private final Supplier<BatchSource> opener;
  private final Executor workers;

  /** Signals not yet seen; a turn is queued or running exactly while it is not zero. */
  private final AtomicInteger signals = new AtomicInteger();

  // Only ever used by the turn that runs; turns follow one another through `signals`.
  private BatchSource source;
  private boolean started;
  private boolean ended;

  private PacedStream(
      ServerStreamListener listener, Supplier<BatchSource> opener, Executor workers) {
    this.listener = listener;
    this.opener = opener;
    this.workers = workers;
  }

  /**
   * Starts a stream and returns at once.
   *
   * @param opener opens what is to be sent, on a worker; its exception becomes the call's failure
   */
  static void start(ServerStreamListener listener, Supplier<BatchSource> opener, Executor workers) {
    PacedStream stream = new PacedStream(listener, opener, workers);
    listener.setOnReadyHandler(stream::wake);
    listener.setOnCancelHandler(stream::wake);
    stream.wake();
  }

  private void wake() {
    if (signals.getAndIncrement() == 0) {
      workers.execute(this);
    }
  }

  /** One turn. */
  @Override
  public void run() {
    int seen = signals.get();
    boolean more = false;
    if (!ended) {
      try {
        more = write();
      } catch (RuntimeException | Error e) {
        // an Error too: the client must not wait for ever on a stream that nobody writes
        end();
        listener.error(FlightFailures.forClient(e));
      }
    }
    // signals that came meanwhile ask for another turn, as do batches that are left
    if (more || signals.addAndGet(-seen) != 0) {
      workers.execute(this);
    }
  }

  /** Writes while the client takes batches; true if the turn ended before the client had enough. */
  private boolean write() {
    if (!started && !listener.isCancelled()) {
      started = true;
      source = opener.get();
      listener.setUseZeroCopy(source.outlivesCall());
      listener.start(source.root());
    }
    for (int batches = 0; batches < BATCHES_IN_A_TURN; batches++) {
      if (listener.isCancelled()) {
        end();
        return false;
      }
      if (batches % BATCHES_AT_ONCE == 0 && !listener.isReady()) {
        return false;
      }
      if (!source.next()) {
        end();
        listener.completed();
        return false;
      }
      listener.putNext();
      ServedCall.current().countRows(source.root().getRowCount());
    }
    return true;
  }

  private void end() {
    ended = true;
    if (source != null) {
      source.close();
    }
  }
}
