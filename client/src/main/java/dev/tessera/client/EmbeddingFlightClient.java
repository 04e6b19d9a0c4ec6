package dev.tessera.client;

import dev.tessera.api.EmbeddingBatch;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.CallOptions;
import org.apache.arrow.flight.Criteria;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightGrpcUtils;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * Reads embeddings from a Flight server. Each method throws a {@link PluginException} whose message
 * says what was wanted and what came: no server, an unknown name (with the names there are), or a
 * stream that was cut. Several threads may read at the same time.
 */
@SuppressWarnings("try") // closing a stream may be interrupted: the call then counts as cut
public final class EmbeddingFlightClient implements AutoCloseable {

  private static final int CONNECT_MILLIS = 5_000;
  private static final int SHORT_CALL_SECONDS = 30;

  /** How much a server may send ahead; a megabyte, gRPC's default, starves a fast connection. */
  private static final int WINDOW_BYTES = 8 << 20;

  /** What gRPC says of a server that takes the connection and ends it without a word of HTTP/2. */
  private static final String CLOSED_AT_ONCE = "Network closed";

  private static final int MAX_MESSAGE_BYTES = 64 << 20;

  /** Two batches of this many ids at most are under way, less than any flow-control window. */
  private static final int IDS_IN_A_BATCH = 4_096;

  private final ServerAddress address;
  private final ClientSecurity security;
  private final BufferAllocator allocator;
  private final FlightClient client;

  /**
   * Prepares a connection without credentials; it is made by the first call.
   *
   * @param parent of the client's allocator
   */
  public EmbeddingFlightClient(ServerAddress address, BufferAllocator parent) {
    this(address, ClientSecurity.NONE, parent);
  }

  /**
   * Prepares a connection; it is made by the first call.
   *
   * @param security used with every call; its files only if the address says {@code grpc+tls}
   * @param parent of the client's allocator
   */
  public EmbeddingFlightClient(
      ServerAddress address, ClientSecurity security, BufferAllocator parent) {
    this.address = address;
    this.security = security;
    NettyChannelBuilder builder = NettyChannelBuilder.forAddress(address.host(), address.port());
    if (address.tls()) {
      builder.sslContext(security.tls());
    } else {
      builder.usePlaintext();
    }
    this.allocator = parent.newChildAllocator("flight-client", 0, Long.MAX_VALUE);
    ManagedChannel channel =
        BulkChannels.configure(builder)
            .intercept(MetadataUtils.newAttachHeadersInterceptor(security.headers()))
            .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
            .flowControlWindow(WINDOW_BYTES)
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .build();
    this.client = FlightGrpcUtils.createFlightClient(allocator, channel);
  }

  /** All embeddings that the server offers, in order of their names. */
  public List<EmbeddingInfo> list() {
    List<EmbeddingInfo> all = new ArrayList<>();
    try {
      client
          .listFlights(Criteria.ALL, shortCall())
          .forEach(info -> all.add(EmbeddingInfo.of(info)));
    } catch (FlightRuntimeException e) {
      throw failure(e);
    } catch (IllegalArgumentException e) {
      throw foreign(e);
    }
    return all;
  }

  /** What the server says of one embedding. */
  public EmbeddingInfo info(String name) {
    return info(EmbeddingRequest.whole(name));
  }

  /**
   * What the server says of one embedding in the version and form that a request wants.
   *
   * @param request of all clients
   */
  public EmbeddingInfo info(EmbeddingRequest request) {
    try {
      return EmbeddingInfo.of(client.getInfo(request.descriptor(), shortCall()));
    } catch (FlightRuntimeException e) {
      throw failure(e);
    } catch (IllegalArgumentException e) {
      throw foreign(e);
    }
  }

  /**
   * Reads all rows of an embedding, in ascending order of clients.
   *
   * @param info from {@link #info} or {@link #list}; its version and form are read, whatever is
   *     published meanwhile, and the rows are counted against it
   * @param consumer is lent each batch
   * @throws PluginException if the stream is cut, or has not as many rows as the server said; the
   *     consumer may then have had some of them
   */
  public void readAll(EmbeddingInfo info, Consumer<EmbeddingRows> consumer) {
    RowCount rows = new RowCount(info.rows(), consumer);
    read(info.whole(), rows);
    rows.checkComplete();
  }

  /**
   * Reads one of the parts of an embedding; parts may be read side by side.
   *
   * @param part one of the info's
   * @param consumer is lent each batch
   * @throws PluginException if the stream is cut; the consumer may then have had some of the rows
   */
  public void readPart(EmbeddingInfo info, Ticket part, Consumer<EmbeddingRows> consumer) {
    read(part, new RowCount(info.rows(), consumer));
  }

  /**
   * Whether the same call may do better in a while: the server was away, or the connection was
   * lost.
   *
   * @param failure thrown by a method of this class
   */
  public static boolean isPassing(PluginException failure) {
    return failure.getCause() instanceof FlightRuntimeException e
        && !TlsFault.is(e)
        && switch (e.status().code()) {
          case UNAVAILABLE, TIMED_OUT, CANCELLED, INTERNAL -> true;
          default -> false;
        };
  }

  private void read(Ticket ticket, RowCount rows) {
    rows.during(
        () -> {
          try (FlightStream stream = client.getStream(ticket)) {
            rows.acceptAll(stream);
          }
        });
  }

  /**
   * Looks clients up.
   *
   * @param clients any ids, in any order, also repeated ones
   * @param consumer is lent each batch; all batches together are as long as {@code clients}, in its
   *     order, with a null where the server does not know a client
   * @throws PluginException as {@link #readAll} does
   */
  public void lookUp(String name, long[] clients, Consumer<EmbeddingRows> consumer) {
    lookUp(EmbeddingRequest.whole(name), clients, consumer);
  }

  /**
   * Looks clients up in the version and form that a request wants.
   *
   * @param request of all clients
   * @param clients as above
   * @param consumer as above
   */
  public void lookUp(EmbeddingRequest request, long[] clients, Consumer<EmbeddingRows> consumer) {
    RowCount rows = new RowCount(clients.length, consumer);
    rows.during(() -> lookUp(request, clients, rows));
    rows.checkComplete();
  }

  private void lookUp(EmbeddingRequest request, long[] clients, RowCount rows) throws Exception {
    try (BigIntVector ids = new BigIntVector(EmbeddingBatch.CLIENT_ID, allocator);
        VectorSchemaRoot root = VectorSchemaRoot.of(ids);
        FlightClient.ExchangeReaderWriter exchange = client.doExchange(request.descriptor())) {
      ids.allocateNew(IDS_IN_A_BATCH);
      exchange.getWriter().start(root);
      int sent = 0;
      while (rows.received < clients.length) {
        while (sent < clients.length && sent - rows.received < 2 * IDS_IN_A_BATCH) {
          sent += fill(root, ids, clients, sent);
          exchange.getWriter().putNext();
        }
        if (!exchange.getReader().next()) {
          break;
        }
        rows.accept(EmbeddingRows.of(exchange.getReader().getRoot()));
      }
      exchange.getWriter().completed();
      rows.acceptAll(exchange.getReader()); // what is left is the call's status
    }
  }

  /**
   * Embeds events that the server does not have, with the models of one of its steps.
   *
   * @param name a step's name on a server that was started with {@code --live}
   * @param events all events of one or more clients: {@code client_id} int64, {@code timestamp},
   *     {@code kind} (such as {@code page_visit}), and as the kinds need them {@code sku} int64,
   *     {@code url} int64, {@code query} text. Lent for the call.
   * @param consumer is lent each batch; all batches together have a row for each client, in the
   *     order in which the clients come in the events
   * @throws PluginException as {@link #readAll} does, and if the events are not as they should be
   */
  public void embed(String name, VectorSchemaRoot events, Consumer<EmbeddingRows> consumer) {
    embed(LiveRequest.of(name), events, consumer);
  }

  /**
   * Embeds events with the models of the version that a request wants.
   *
   * @param events as above
   * @param consumer as above
   */
  public void embed(
      LiveRequest request, VectorSchemaRoot events, Consumer<EmbeddingRows> consumer) {
    RowCount rows = new RowCount(distinctClients(events), consumer);
    rows.during(
        () -> {
          try (FlightClient.ExchangeReaderWriter exchange =
              client.doExchange(request.descriptor())) {
            exchange.getWriter().start(events);
            exchange.getWriter().putNext();
            exchange.getWriter().completed();
            rows.acceptAll(exchange.getReader());
          }
        });
    rows.checkComplete();
  }

  /** How many there are; what is wrong with the column says the server. */
  private static long distinctClients(VectorSchemaRoot events) {
    return events.getVector(EmbeddingBatch.CLIENT_ID) instanceof BigIntVector ids
        ? LongStream.range(0, ids.getValueCount())
            .filter(row -> !ids.isNull((int) row))
            .map(row -> ids.get((int) row))
            .distinct()
            .count()
        : 0;
  }

  @Override
  public void close() {
    try {
      client.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    allocator.close();
  }

  private static int fill(VectorSchemaRoot root, BigIntVector ids, long[] clients, int first) {
    int count = Math.min(IDS_IN_A_BATCH, clients.length - first);
    for (int i = 0; i < count; i++) {
      ids.set(i, clients[first + i]);
    }
    root.setRowCount(count);
    return count;
  }

  private static CallOption shortCall() {
    return CallOptions.timeout(SHORT_CALL_SECONDS, TimeUnit.SECONDS);
  }

  private interface Call {
    void make() throws Exception;
  }

  /** Counts rows, and lets no more through than were announced. */
  private final class RowCount {
    private final long wanted;
    private final Consumer<EmbeddingRows> consumer;
    private long received;

    RowCount(long wanted, Consumer<EmbeddingRows> consumer) {
      this.wanted = wanted;
      this.consumer = consumer;
    }

    /** Makes a call; if it fails or its end is interrupted, says how far it came. */
    void during(Call call) {
      try {
        call.make();
      } catch (FlightRuntimeException e) {
        throw received == 0 ? failure(e) : broken(e, this);
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw broken(e, this);
      }
    }

    void acceptAll(FlightStream stream) {
      while (stream.next()) {
        accept(EmbeddingRows.of(stream.getRoot()));
      }
    }

    void accept(EmbeddingRows rows) {
      received += rows.size();
      if (received > wanted) {
        throw incomplete(this);
      }
      consumer.accept(rows);
    }

    void checkComplete() {
      if (received != wanted) {
        throw incomplete(this);
      }
    }
  }

  private PluginException incomplete(RowCount rows) {
    return new PluginException(
        ErrorCode.IO,
        "wanted %d rows from %s, the stream had %d: fetch again"
            .formatted(rows.wanted, address, rows.received));
  }

  private PluginException broken(Exception e, RowCount rows) {
    return new PluginException(
        ErrorCode.IO,
        "the stream from %s was cut after %d of %d rows (%s): is the server still up? fetch again"
            .formatted(address, rows.received, rows.wanted, firstLine(e)),
        e);
  }

  private PluginException foreign(IllegalArgumentException e) {
    return new PluginException(
        ErrorCode.INVALID_INPUT,
        "%s does not serve embeddings: %s".formatted(address, e.getMessage()),
        e);
  }

  private PluginException failure(FlightRuntimeException e) {
    Optional<String> tls = TlsFault.of(e, address, security);
    if (tls.isPresent()) {
      return new PluginException(
          ErrorCode.UNAVAILABLE,
          "no encrypted connection to %s: %s".formatted(address, tls.get()),
          e);
    }
    return switch (e.status().code()) {
      case UNAVAILABLE, TIMED_OUT ->
          new PluginException(
              ErrorCode.UNAVAILABLE,
              "no server answers at %s (%s): %s".formatted(address, reason(e), advice(e)),
              e);
      case NOT_FOUND ->
          new PluginException(ErrorCode.INVALID_CONFIG, address + ": " + firstLine(e), e);
      case INVALID_ARGUMENT, UNAUTHENTICATED, UNAUTHORIZED ->
          new PluginException(ErrorCode.INVALID_INPUT, address + ": " + firstLine(e), e);
      default ->
          new PluginException(ErrorCode.IO, "%s failed: %s".formatted(address, firstLine(e)), e);
    };
  }

  private String advice(FlightRuntimeException e) {
    return !address.tls() && firstLine(e).contains(CLOSED_AT_ONCE)
        ? "is it encrypted? then use grpc+tls://%s:%d".formatted(address.host(), address.port())
        : "is it up? 'tessera serve RUN' starts one";
  }

  /** gRPC calls what the network says of a connection an io exception, and keeps it below. */
  private static String reason(FlightRuntimeException e) {
    Throwable deepest = e;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return deepest instanceof IOException io && io.getMessage() != null
        ? firstLine(io)
        : firstLine(e);
  }

  private static String firstLine(Exception e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return message.lines().findFirst().orElse("no reason given");
  }
}
