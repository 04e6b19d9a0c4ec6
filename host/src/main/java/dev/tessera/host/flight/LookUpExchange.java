package dev.tessera.host.flight;

import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * One DoExchange call: batches of ids come in, the rows of these clients go out in the same order,
 * and a batch of ids is answered in full before the next is read. Flight's reader blocks, so the
 * call holds a thread for as long as it is open.
 */
final class LookUpExchange implements Runnable {

  private final FlightStream reader;
  private final ServerStreamListener writer;
  private final EmbeddingCatalog catalog;
  private final BufferAllocator parent;

  // Guarded by this.
  private Thread runner;
  private boolean cancelled;

  private LookUpExchange(
      FlightStream reader,
      ServerStreamListener writer,
      EmbeddingCatalog catalog,
      BufferAllocator parent) {
    this.reader = reader;
    this.writer = writer;
    this.catalog = catalog;
    this.parent = parent;
  }

  /**
   * Makes the call's task, to be run once by a thread that may block.
   *
   * @param parent of the call's own allocator
   */
  static LookUpExchange of(
      FlightStream reader,
      ServerStreamListener writer,
      EmbeddingCatalog catalog,
      BufferAllocator parent) {
    LookUpExchange exchange = new LookUpExchange(reader, writer, catalog, parent);
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
    EmbeddingRequest request = EmbeddingRequest.parse(reader.getDescriptor());
    if (request.clients().isPresent()) {
      throw FlightFailures.invalid("DoExchange takes the clients as batches, not as a key");
    }
    ServedEmbedding embedding =
        catalog
            .find(request.embedding())
            .orElseThrow(() -> FlightFailures.unknownName(request.embedding(), catalog));
    try (LookUp lookUp = new LookUp(embedding, new long[0], parent)) {
      writer.start(lookUp.root());
      while (reader.next()) {
        if (reader.hasRoot()) {
          lookUp.restart(ids(reader.getRoot()));
          answer(lookUp);
        }
      }
    }
  }

  private void answer(LookUp lookUp) throws InterruptedException {
    while (lookUp.next()) {
      awaitReady();
      writer.putNext();
    }
  }

  private static long[] ids(VectorSchemaRoot root) {
    FieldVector column = root.getFieldVectors().isEmpty() ? null : root.getVector(0);
    if (!(column instanceof BigIntVector ids) || root.getFieldVectors().size() != 1) {
      throw FlightFailures.invalid(
          "wanted batches with one column client_id of int64, found " + root.getSchema());
    }
    long[] copy = new long[ids.getValueCount()];
    for (int i = 0; i < copy.length; i++) {
      if (ids.isNull(i)) {
        throw FlightFailures.invalid("client_id must not be null, row %d is".formatted(i));
      }
      copy[i] = ids.get(i);
    }
    return copy;
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
