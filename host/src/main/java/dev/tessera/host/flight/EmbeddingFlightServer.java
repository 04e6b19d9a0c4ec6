package dev.tessera.host.flight;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.host.flight.call.CallGate;
import dev.tessera.host.flight.call.CallObserver;
import dev.tessera.host.flight.call.CallPool;
import dev.tessera.host.flight.call.CallTracing;
import dev.tessera.host.flight.call.OpenCalls;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.arrow.flight.FlightServer;
import org.apache.arrow.memory.BufferAllocator;

/**
 * A running Flight server over a catalogue of embeddings, guarded as its {@link ServerOptions} say.
 *
 * <p>Threads: gRPC's own only take calls and signals; {@code 2 × processors} workers write all
 * DoGet streams; each open DoExchange call has one of at most {@value #MAX_EXCHANGES} threads.
 * Memory per stream: at most {@value #BACKPRESSURE_BYTES} bytes and {@value
 * PacedStream#BATCHES_AT_ONCE} batches wait for a slow client.
 */
public final class EmbeddingFlightServer implements AutoCloseable {

  static final int BACKPRESSURE_BYTES = 2 << 20;
  static final int MAX_EXCHANGES = 64;

  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(3);

  /** How often a connection without traffic is asked whether its client is still there. */
  private static final Duration ASK_SILENT_CLIENTS = Duration.ofMinutes(1);

  private final EmbeddingCatalog catalog;
  private final FlightServer server;
  private final BufferAllocator allocator;
  private final Optional<ReloadedIdentity> identity;
  private final OpenCalls openCalls;
  private final RunningQueries queries = new RunningQueries();
  private final HealthStatusManager health = new HealthStatusManager();
  private final ExecutorService callbacks = CallPool.refusing(Integer.MAX_VALUE, "flight-call");
  private final ExecutorService workers =
      CallPool.queueing(2 * Runtime.getRuntime().availableProcessors(), "flight-worker");
  private final ExecutorService fitters = CallPool.queueing(2, "flight-fitter");
  private final ExecutorService exchanges = CallPool.refusing(MAX_EXCHANGES, "flight-exchange");
  private final PooledByteBufAllocator network = new PooledByteBufAllocator(true);
  private final BulkServerChannels channels = new BulkServerChannels();
  private volatile boolean draining;

  private EmbeddingFlightServer(
      EmbeddingCatalog catalog,
      LiveCatalog live,
      String host,
      int port,
      ServerOptions options,
      BufferAllocator parent) {
    this.catalog = catalog;
    FlightServer.Builder address =
        ServerTls.secure(FlightServer.builder(), options.tls(), host, port);
    identity = options.tls().map(ReloadedIdentity::new);
    openCalls = new OpenCalls(options.limits().stall(), options.limits().idle());
    List<CallObserver> observers = new ArrayList<>(options.observers());
    observers.add(openCalls);
    CallGate gate =
        new CallGate(options.authentication(), options.limits(), openCalls, () -> draining);
    Consumer<NettyServerBuilder> guarded =
        builder -> {
          identity.ifPresent(own -> builder.sslContext(own.context()));
          channels
              .configure(builder)
              .addStreamTracerFactory(new CallTracing(observers))
              .intercept(gate)
              .addService(health.getHealthService())
              .withChildOption(ChannelOption.ALLOCATOR, network)
              .keepAliveTime(ASK_SILENT_CLIENTS.toSeconds(), TimeUnit.SECONDS)
              .permitKeepAliveWithoutCalls(true);
        };
    allocator =
        parent.newChildAllocator("flight-server", new CallMemory(observers), 0, Long.MAX_VALUE);
    server =
        address
            .allocator(allocator)
            .producer(
                new EmbeddingFlightProducer(
                    catalog,
                    live,
                    new FlightInfos(options.endpoints()),
                    queries,
                    new Actions(actions(catalog, options)),
                    allocator,
                    new StreamThreads(workers, fitters, exchanges)))
            .executor(callbacks)
            .maxInboundMessageSize(options.limits().maxRequestBytes())
            .backpressureThreshold(BACKPRESSURE_BYTES)
            .transportHint("grpc.builderConsumer", guarded)
            .build();
  }

  /** The one place where the server's actions are put together. */
  private List<ServerAction> actions(EmbeddingCatalog catalog, ServerOptions options) {
    List<ServerAction> actions = new ArrayList<>(options.actions());
    actions.addAll(queries.actions());
    actions.add(
        new JsonAction(
            "health",
            "Tells whether new calls are taken, and what is open",
            List.of(),
            (body, call) ->
                Map.of(
                    "status",
                    isReady() ? "serving" : "draining",
                    "open_calls",
                    openCalls(),
                    "embeddings",
                    embeddings())));
    catalog
        .store()
        .ifPresent(store -> actions.addAll(new StoreActions(store, options.runs()).all()));
    return actions;
  }

  /**
   * Starts to serve.
   *
   * @param catalog whose batches stay open until {@link #close} has returned
   * @param live whose runs do so too
   * @param port 0 for any free one, see {@link #port}
   * @param options how it is guarded and watched
   * @param parent of the server's and its calls' allocators
   * @throws PluginException if the address cannot be bound or a TLS file is bad; the message says
   *     what to do
   */
  public static EmbeddingFlightServer start(
      EmbeddingCatalog catalog,
      LiveCatalog live,
      String host,
      int port,
      ServerOptions options,
      BufferAllocator parent) {
    GrpcLog.shorten();
    EmbeddingFlightServer server =
        new EmbeddingFlightServer(catalog, live, host, port, options, parent);
    try {
      server.server.start();
      return server;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw cannotBind(host, port, e);
    }
  }

  /** Starts to serve and embeds no events. */
  public static EmbeddingFlightServer start(
      EmbeddingCatalog catalog,
      String host,
      int port,
      ServerOptions options,
      BufferAllocator parent) {
    return start(catalog, LiveCatalog.none(), host, port, options, parent);
  }

  /** The port in use. */
  public int port() {
    return server.getPort();
  }

  /** Bytes outside the heap that calls hold now for their batches. */
  public long callMemoryBytes() {
    return allocator.getAllocatedMemory();
  }

  /** Bytes of gRPC's buffers that are on their way from or to clients. */
  public long networkBytes() {
    return network.pinnedDirectMemory();
  }

  /** Calls that are open, health checks not counted. */
  public int openCalls() {
    return openCalls.count();
  }

  /** Embeddings on offer. */
  public int embeddings() {
    return catalog.names().size();
  }

  /** The default version of each name that is published in the store, if there is one. */
  public Map<String, Integer> versions() {
    Map<String, Integer> versions = new TreeMap<>();
    catalog
        .store()
        .ifPresent(
            store ->
                store
                    .publications()
                    .keySet()
                    .forEach(name -> versions.put(name, store.defaultVersion(name))));
    return versions;
  }

  /** Whether new calls are taken: false from the moment that {@link #stop} is called. */
  public boolean isReady() {
    return !draining;
  }

  /**
   * Waits until another thread calls {@link #stop} or {@link #close}; false if none did in time.
   */
  public boolean awaitTermination(Duration patience) throws InterruptedException {
    return server.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Refuses new calls, and says so to health checks, while those that run have some time to end;
   * then breaks them off. Their clients see that the stream was cut.
   */
  public void stop(Duration patience) {
    if (!draining) {
      draining = true;
      health.enterTerminalState(); // which may be called once
    }
    boolean quiet = true;
    try {
      openCalls.awaitNone(patience);
      openCalls.breakOffAll();
      server.close();
    } catch (InterruptedException e) {
      quiet = false;
    }
    // in this order: call-backs of broken calls wake workers, which then free what they hold
    quiet &= end(callbacks) & end(exchanges) & end(fitters) & end(workers);
    channels.close();
    openCalls.close();
    identity.ifPresent(ReloadedIdentity::close);
    if (!quiet) {
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
}
