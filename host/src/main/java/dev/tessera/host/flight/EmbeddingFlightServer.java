package dev.tessera.host.flight;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.flight.FlightServer;
import org.apache.arrow.flight.Location;
import org.apache.arrow.memory.BufferAllocator;

/**
 * A running Flight server over a catalogue of embeddings. Plaintext and without authentication:
 * bind it to the loopback address unless the network around it is trusted.
 *
 * <p>Threads: gRPC's own only take calls and signals; {@code 2 × processors} workers write all
 * DoGet streams; each open DoExchange call has one of at most {@value #MAX_EXCHANGES} threads.
 * Memory per stream: at most {@value #BACKPRESSURE_BYTES} bytes and one batch wait for a slow
 * client.
 */
public final class EmbeddingFlightServer implements AutoCloseable {

  /** The port that is used unless another is asked for. */
  public static final int DEFAULT_PORT = 8815;

  static final int BACKPRESSURE_BYTES = 4 << 20;
  static final int MAX_EXCHANGES = 64;

  /** Room for about a million ids in a ticket; more should come by DoExchange. */
  private static final int MAX_REQUEST_BYTES = 16 << 20;

  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(3);

  private final FlightServer server;
  private final BufferAllocator allocator;
  private final ExecutorService callbacks = Executors.newCachedThreadPool(named("flight-call"));
  private final ExecutorService workers =
      Executors.newFixedThreadPool(
          2 * Runtime.getRuntime().availableProcessors(), named("flight-worker"));
  private final ExecutorService exchanges =
      new ThreadPoolExecutor(
          0,
          MAX_EXCHANGES,
          30,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          named("flight-exchange"));

  private EmbeddingFlightServer(
      EmbeddingCatalog catalog, String host, int port, BufferAllocator parent) {
    allocator = parent.newChildAllocator("flight-server", 0, Long.MAX_VALUE);
    server =
        FlightServer.builder(
                allocator,
                Location.forGrpcInsecure(host, port),
                new EmbeddingFlightProducer(catalog, allocator, workers, exchanges))
            .executor(callbacks)
            .maxInboundMessageSize(MAX_REQUEST_BYTES)
            .backpressureThreshold(BACKPRESSURE_BYTES)
            .build();
  }

  /**
   * Starts to serve.
   *
   * @param catalog whose batches stay open until {@link #close} has returned
   * @param port 0 for any free one, see {@link #port}
   * @param parent of the server's and its calls' allocators
   * @throws PluginException if the address cannot be bound; the message says what to do
   */
  public static EmbeddingFlightServer start(
      EmbeddingCatalog catalog, String host, int port, BufferAllocator parent) {
    EmbeddingFlightServer server = new EmbeddingFlightServer(catalog, host, port, parent);
    try {
      server.server.start();
      return server;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw cannotBind(host, port, e);
    }
  }

  /** The port in use. */
  public int port() {
    return server.getPort();
  }

  /**
   * Waits until another thread calls {@link #stop} or {@link #close}; false if none did in time.
   */
  public boolean awaitTermination(Duration patience) throws InterruptedException {
    return server.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Takes no more calls, gives those that run some time to end, then breaks them off. Their clients
   * see that the stream was cut.
   */
  public void stop(Duration patience) {
    server.shutdown();
    boolean interrupted = false;
    try {
      if (!server.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        server.close();
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    // in this order: call-backs of broken calls wake workers, which then free what they hold
    boolean quiet = end(callbacks) && end(exchanges) && end(workers);
    if (interrupted || !quiet) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops at once, but for a moment in which calls that end by themselves may do so. */
  @Override
  public void close() {
    stop(CLOSE_PATIENCE);
    allocator.close();
  }

  private static boolean end(ExecutorService pool) {
    pool.shutdown();
    try {
      if (!pool.awaitTermination(5, TimeUnit.SECONDS)) {
        pool.shutdownNow();
      }
      return true;
    } catch (InterruptedException e) {
      pool.shutdownNow();
      return false;
    }
  }

  private static PluginException cannotBind(String host, int port, Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException) {
        return new PluginException(
            ErrorCode.UNAVAILABLE,
            "cannot serve on %s:%d (%s): stop what uses the port, or choose another with --port"
                .formatted(host, port, cause.getMessage()),
            failure);
      }
    }
    return new PluginException(
        ErrorCode.UNAVAILABLE,
        "cannot serve on %s:%d: %s".formatted(host, port, failure.getMessage()),
        failure);
  }

  private static ThreadFactory named(String prefix) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, prefix + "-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }
}
