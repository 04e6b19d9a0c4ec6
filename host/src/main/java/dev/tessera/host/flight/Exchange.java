package dev.tessera.host.flight;

import dev.tessera.host.flight.call.ServedCall;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.flight.FlightStream;

/**
 * One DoExchange call: batches come in, and each is answered in full before the next is read.
 * Flight's reader blocks, so the call holds a thread for as long as it is open.
 */
final class Exchange implements Runnable {

  private final FlightStream reader;
  private final ServerStreamListener writer;
  private final Opener opener;

  // Guarded by this.
  private Thread runner;
  private boolean cancelled;

  /** Finds out what a call is about. */
  @FunctionalInterface
  interface Opener {
    /** What answers the call's batches; the exchange closes it. */
    ExchangeSource open(FlightDescriptor descriptor);
  }

  private Exchange(FlightStream reader, ServerStreamListener writer, Opener opener) {
    this.reader = reader;
    this.writer = writer;
    this.opener = opener;
  }

  /**
   * Makes the call's task, to be run once by a thread that may block.
   *
   * @param opener called by that thread when the descriptor has come
   */
  static Exchange of(FlightStream reader, ServerStreamListener writer, Opener opener) {
    Exchange exchange = new Exchange(reader, writer, opener);
    writer.setOnReadyHandler(exchange::signal);
    writer.setOnCancelHandler(exchange::cancel);
    return exchange;
  }

  @Override
  public void run() {
    synchronized (this) {
      if (cancelled) {
        return;
      }
      runner = Thread.currentThread();
    }
    try {
      answerAll();
    } catch (InterruptedException e) {
      finish(() -> writer.error(CallStatus.CANCELLED.withCause(e).toRuntimeException()));
      return;
    } catch (RuntimeException | Error e) {
      // an Error too: the client must not wait for ever on a call that nobody answers
      finish(() -> writer.error(FlightFailures.forClient(e)));
      return;
    }
    finish(writer::completed);
  }

  private void answerAll() throws InterruptedException {
    ServedCall call = ServedCall.current();
    try (ExchangeSource answers = opener.open(call.fromClient(reader::getDescriptor))) {
      writer.start(answers.root());
      while (call.fromClient(reader::next)) {
        if (reader.hasRoot()) {
          call.requireRows(reader.getRoot().getRowCount());
          answers.take(reader.getRoot(), reader.getDictionaryProvider());
          answer(answers, call);
        }
      }
      answers.end();
    }
  }

  private void answer(ExchangeSource answers, ServedCall call) throws InterruptedException {
    while (answers.next()) {
      awaitReady();
      writer.putNext();
      call.countRows(answers.root().getRowCount());
    }
  }

  private synchronized void awaitReady() throws InterruptedException {
    while (!writer.isReady() && !cancelled) {
      wait();
    }
    if (cancelled) {
      throw new InterruptedException("cancelled by the client");
    }
  }

  private synchronized void signal() {
    notifyAll();
  }

  /**
   * Returns when the task has ended. Flight frees the reader's buffers right after this, which
   * nobody may then be reading.
   */
  private synchronized void cancel() {
    cancelled = true;
    notifyAll();
    if (runner == Thread.currentThread()) {
      return;
    }
    boolean interrupted = false;
    while (runner != null) {
      runner.interrupt();
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the call unless the client has, and gives the thread back clean of our interrupt. */
  private void finish(Runnable end) {
    boolean live;
    synchronized (this) {
      live = !cancelled;
    }
    try {
      if (live) {
        end.run();
      }
    } finally {
      synchronized (this) {
        runner = null;
        Thread.interrupted();
        notifyAll();
      }
    }
  }
}
