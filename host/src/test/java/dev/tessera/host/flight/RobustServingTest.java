package dev.tessera.host.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.testkit.ChildJvm;
import dev.tessera.client.EmbeddingFlightClient;
import dev.tessera.client.EmbeddingRequest;
import dev.tessera.client.ServerAddress;
import dev.tessera.host.flight.call.CallLimits;
import dev.tessera.host.flight.call.CallObserver;
import dev.tessera.host.flight.call.Cut;
import dev.tessera.host.flight.call.ServedCall;
import dev.tessera.host.flight.security.Authentication;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.LongStream;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Clients that behave badly, over real sockets: after each the server's memory is where it was, no
 * thread is stuck in a call, and another client is served.
 */
@SuppressWarnings("try") // an interrupt while a stream is closed would fail the test, rightly
@Timeout(120)
class RobustServingTest {

  private static final Duration STALL = Duration.ofSeconds(1);
  private static final Duration IDLE = Duration.ofSeconds(2);
  private static final int MAX_REQUEST_BYTES = 1 << 20;
  private static final int MAX_ROWS = 200_000;

  private ServerUnderTest tested;

  private final Ends ends = new Ends();

  /** How the last call of each method ended, as log and metrics are told. */
  private static final class Ends implements CallObserver {
    private final Map<String, Status.Code> codes = new ConcurrentHashMap<>();
    private final Map<String, Cut> cuts = new ConcurrentHashMap<>();

    @Override
    public void started(ServedCall call) {}

    @Override
    public void ended(ServedCall call, Status status) {
      codes.put(call.method(), status.getCode());
      call.cut().ifPresent(why -> cuts.put(call.method(), why));
    }
  }

  @BeforeEach
  void start() {
    CallLimits limits =
        new CallLimits(CallLimits.STREAMS, MAX_ROWS, MAX_REQUEST_BYTES, STALL, IDLE);
    tested =
        new ServerUnderTest(
            200_000,
            64,
            new ServerOptions(Optional.empty(), Authentication.open(), limits, List.of(ends)));
  }

  @AfterEach
  void everythingIsAsItWas() {
    Eventually.holds(() -> assertThat(tested.server.openCalls()).isZero());
    Eventually.holds(() -> assertThat(tested.batchesInFlight()).isZero());
    Eventually.holds(() -> assertThat(tested.server.callMemoryBytes()).isZero());
    Eventually.holds(() -> assertThat(tested.server.networkBytes()).isLessThan(64 << 10));
    Eventually.holds(() -> assertThat(threadsInCalls()).isEmpty());
    assertThat(tested.client.info("profile").rows()).isEqualTo(200_000);
    tested.close();
  }

  @Test
  void aClientThatNeverReadsIsBrokenOffWhileOthersAreServed() throws Exception {
    try (FlightClient lazy = client(tested.server.port());
        FlightStream stream = lazy.getStream(EmbeddingRequest.whole("profile").ticket())) {
      Eventually.holds(() -> assertThat(tested.batchesInFlight()).isPositive());
      long[] ids = LongStream.range(0, 1_000).toArray();
      List<Integer> sizes = new ArrayList<>();
      tested.client.lookUp("profile", ids, rows -> sizes.add(rows.size()));
      assertThat(sizes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(1_000);
      Eventually.holds(() -> assertThat(tested.server.openCalls()).isZero());
      Eventually.holds(() -> assertThat(tested.batchesInFlight()).isZero());
      assertThat(ends.codes).containsEntry("DoGet", Status.Code.DEADLINE_EXCEEDED);
      assertThat(ends.cuts).containsEntry("DoGet", Cut.STALLED);
      assertThatThrownBy(
              () -> {
                while (stream.next()) {
                  // what had come before
                }
              })
          .isInstanceOfSatisfying(
              FlightRuntimeException.class,
              e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.CANCELLED));
    }
  }

  @Test
  void anExchangeWhoseClientSendsNothingIsEndedAndSaysWhy() throws Exception {
    try (FlightClient quiet = client(tested.server.port());
        BigIntVector ids = new BigIntVector("client_id", tested.clientMemory);
        VectorSchemaRoot batch = VectorSchemaRoot.of(ids)) {
      // one that never says what it wants, and one that stops after a batch
      FlightClient.ExchangeReaderWriter silent =
          quiet.doExchange(EmbeddingRequest.whole("profile").descriptor());
      FlightClient.ExchangeReaderWriter exchange =
          quiet.doExchange(EmbeddingRequest.whole("profile").descriptor());
      ids.allocateNew(1);
      ids.set(0, 3);
      batch.setRowCount(1);
      exchange.getWriter().start(batch);
      exchange.getWriter().putNext();
      assertThat(exchange.getReader().next()).isTrue();
      long start = System.nanoTime();
      for (FlightClient.ExchangeReaderWriter call : List.of(exchange, silent)) {
        assertThatThrownBy(() -> call.getReader().next())
            .isInstanceOfSatisfying(
                FlightRuntimeException.class,
                e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.TIMED_OUT))
            .hasMessageContaining("the client sent nothing for 2 s: call again");
        call.close();
      }
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
    }
    Eventually.holds(
        () -> {
          assertThat(ends.codes).containsEntry("DoExchange", Status.Code.DEADLINE_EXCEEDED);
          assertThat(ends.cuts).containsEntry("DoExchange", Cut.IDLE);
        });
  }

  @Test
  void anExchangeWhoseClientSendsNowAndThenLivesLongerThanOneMayBeIdle() throws Exception {
    try (FlightClient slow = client(tested.server.port());
        BigIntVector ids = new BigIntVector("client_id", tested.clientMemory);
        VectorSchemaRoot batch = VectorSchemaRoot.of(ids);
        FlightClient.ExchangeReaderWriter exchange =
            slow.doExchange(EmbeddingRequest.whole("profile").descriptor())) {
      ids.allocateNew(1);
      ids.set(0, 3);
      batch.setRowCount(1);
      exchange.getWriter().start(batch);
      for (int sent = 0; sent < 6; sent++) {
        exchange.getWriter().putNext();
        assertThat(exchange.getReader().next()).isTrue();
        Eventually.sleep(IDLE.dividedBy(4));
      }
      exchange.getWriter().completed();
      assertThat(exchange.getReader().next()).isFalse();
    }
    Eventually.holds(() -> assertThat(ends.codes).containsEntry("DoExchange", Status.Code.OK));
    assertThat(ends.cuts).isEmpty();
  }

  @Test
  void aSlowReaderWithinTheTimeGetsEverything() throws Exception {
    int rows = 0;
    try (FlightClient slow = client(tested.server.port());
        FlightStream stream = slow.getStream(EmbeddingRequest.whole("profile").ticket())) {
      while (stream.next()) {
        rows += stream.getRoot().getRowCount();
        Eventually.sleep(STALL.dividedBy(20));
      }
    }
    assertThat(rows).isEqualTo(200_000);
  }

  @Test
  void clientsThatVanishInMidStreamLeaveNothingBehindButALine() throws Exception {
    List<LogRecord> lines = new CopyOnWriteArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            lines.add(line);
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger log = Logger.getLogger("io.grpc.netty.NettyServerHandler");
    log.addHandler(handler);
    for (int time = 0; time < 5; time++) {
      try (UnreliableWire wire = new UnreliableWire(tested.server.port());
          FlightClient vanishing = client(wire.port());
          FlightStream stream = vanishing.getStream(EmbeddingRequest.whole("profile").ticket())) {
        assertThat(stream.next()).isTrue();
        wire.tear();
        assertThatThrownBy(
                () -> {
                  while (stream.next()) {
                    // what had come before
                  }
                })
            .isInstanceOf(FlightRuntimeException.class);
      }
    }
    Eventually.holds(() -> assertThat(lines).isNotEmpty());
    log.removeHandler(handler);
    assertThat(lines)
        .allSatisfy(
            line -> {
              assertThat(line.getThrown()).isNull();
              assertThat(line.getMessage()).startsWith("a client's stream has ended early: ");
            });
  }

  @Test
  void clientsThatVanishInAnExchangeLeaveNoThreadBehind() throws Exception {
    for (int time = 0; time < 5; time++) {
      try (UnreliableWire wire = new UnreliableWire(tested.server.port());
          EmbeddingFlightClient vanishing =
              new EmbeddingFlightClient(
                  new ServerAddress(ServerUnderTest.HOST, wire.port()), tested.clientMemory)) {
        long[] ids = LongStream.range(0, 100_000).toArray();
        assertThatThrownBy(
                () ->
                    vanishing.lookUp(
                        "profile",
                        ids,
                        rows -> {
                          try {
                            wire.tear();
                          } catch (IOException e) {
                            throw new IllegalStateException(e);
                          }
                        }))
            .hasMessageContaining("was cut after");
      }
    }
  }

  @Test
  void garbageIsTurnedAway() throws Exception {
    byte[] garbage = new byte[1 << 16];
    new Random(1).nextBytes(garbage);
    byte[] preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    byte[] prefaceAndGarbage = Arrays.copyOf(preface, preface.length + garbage.length);
    System.arraycopy(garbage, 0, prefaceAndGarbage, preface.length, garbage.length);
    byte[] http = "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    for (byte[] bytes : List.of(garbage, prefaceAndGarbage, http)) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), tested.server.port())) {
        socket.setSoTimeout(30_000);
        try {
          socket.getOutputStream().write(bytes);
          socket.getInputStream().readAllBytes(); // until the server closes
        } catch (java.net.SocketTimeoutException e) {
          throw new AssertionError("the server keeps a connection of garbage open", e);
        } catch (IOException e) {
          // reset while we wrote: turned away as well
        }
      }
    }
  }

  @Test
  void aRequestThatIsTooLargeIsRefusedByOneLine() throws Exception {
    StringBuilder json = new StringBuilder("{\"embedding\": \"profile\", \"clients\": [0");
    while (json.length() <= MAX_REQUEST_BYTES) {
      json.append(",123456789");
    }
    Ticket ticket = new Ticket(json.append("]}").toString().getBytes(StandardCharsets.US_ASCII));
    try (FlightClient greedy = client(tested.server.port());
        FlightStream stream = greedy.getStream(ticket)) {
      assertThatThrownBy(stream::next)
          .isInstanceOfSatisfying(
              FlightRuntimeException.class,
              e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.RESOURCE_EXHAUSTED))
          .hasMessageContaining("1048576");
    }
  }

  @Test
  void moreRowsThanAreAllowedAreRefusedByOneLine() {
    long[] ids = new long[MAX_ROWS + 1];
    try (FlightClient greedy = client(tested.server.port());
        FlightStream stream = greedy.getStream(EmbeddingRequest.of("profile", ids).ticket())) {
      assertThatThrownBy(stream::next)
          .isInstanceOfSatisfying(
              FlightRuntimeException.class,
              e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.RESOURCE_EXHAUSTED))
          .hasMessageContaining("200,001 rows in one request, anonymous may have 200,000");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aThousandCallsAtOnceAreAllAnswered() throws Exception {
    int connections = 20;
    int callsOfEach = 50;
    List<FlightClient> clients = new ArrayList<>();
    List<FlightStream> streams = new ArrayList<>();
    try {
      for (int i = 0; i < connections; i++) {
        clients.add(client(tested.server.port()));
      }
      Ticket ticket = EmbeddingRequest.of("profile", 0, 1, 2, 3).ticket();
      for (int call = 0; call < callsOfEach; call++) {
        for (FlightClient client : clients) {
          streams.add(client.getStream(ticket));
        }
      }
      long rows = 0;
      for (FlightStream stream : streams) {
        while (stream.next()) {
          rows += stream.getRoot().getRowCount();
        }
      }
      assertThat(rows).isEqualTo(4L * connections * callsOfEach);
    } finally {
      for (FlightStream stream : streams) {
        stream.close();
      }
      for (FlightClient client : clients) {
        client.close();
      }
    }
  }

  @Test
  void fiveHundredIdleConnectionsTakeLittleMemory() throws Exception {
    Process process =
        ChildJvm.of(List.of("-Xmx512m"), ServerProcess.class, "1000")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<ManagedChannel> channels = new ArrayList<>();
    NioEventLoopGroup loop = new NioEventLoopGroup(1);
    try {
      int port = Integer.parseInt(process.inputReader().readLine());
      connect(port, 20, loop, channels); // its code is loaded by then
      long before = residentBytes(process);
      connect(port, 500, loop, channels);
      long more = residentBytes(process) - before;
      System.out.printf("500 idle connections took %.1f MB%n", more / 1e6);
      assertThat(more).isLessThan(200_000_000);
    } finally {
      channels.forEach(ManagedChannel::shutdownNow);
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
      process.destroyForcibly();
      process.waitFor();
    }
  }

  /** Opens connections, each of which has been used once. */
  private static void connect(
      int port, int count, NioEventLoopGroup loop, List<ManagedChannel> channels) {
    for (int i = 0; i < count; i++) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress(ServerUnderTest.HOST, port)
              .usePlaintext()
              .eventLoopGroup(loop)
              .channelType(NioSocketChannel.class)
              .build();
      channels.add(channel);
      HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
    }
  }

  private static long residentBytes(Process process) throws IOException {
    Path status = Path.of("/proc", "" + process.pid(), "status");
    Assumptions.assumeTrue(Files.exists(status), "memory is measured by /proc, which is Linux's");
    return Files.readString(status)
        .lines()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .findFirst()
        .orElseThrow();
  }

  private FlightClient client(int port) {
    return FlightClient.builder(
            tested.clientMemory, Location.forGrpcInsecure(ServerUnderTest.HOST, port))
        .build();
  }

  /** Server threads that are in the middle of a call. */
  private static List<String> threadsInCalls() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(thread -> thread.getKey().getName().startsWith("flight-"))
        .filter(
            thread ->
                Arrays.stream(thread.getValue())
                    .anyMatch(
                        frame ->
                            frame.getClassName().startsWith("dev.tessera.host.flight")
                                && !frame
                                    .getClassName()
                                    .startsWith("dev.tessera.host.flight.call")))
        .map(thread -> thread.getKey().getName())
        .toList();
  }
}
