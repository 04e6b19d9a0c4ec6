package dev.tessera.host.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tessera.client.EmbeddingRequest;
import dev.tessera.host.flight.call.CallLimits;
import dev.tessera.host.flight.observe.AccessLog;
import dev.tessera.host.flight.observe.MetricsEndpoint;
import dev.tessera.host.flight.observe.ServerMetrics;
import dev.tessera.host.flight.security.Authentication;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.FlightCallHeaders;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.HeaderCallOption;
import org.apache.arrow.flight.Location;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What people who run a server see of it, and how it stops. */
@SuppressWarnings("try") // an interrupt while a stream is closed would fail the test, rightly
@Timeout(120)
class ObservedServingTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private Path logFile;
  private AccessLog log;
  private ServerMetrics metrics;
  private ServerUnderTest tested;
  private MetricsEndpoint endpoint;
  private FlightClient plain;
  private ManagedChannel channel;

  @BeforeEach
  void start() {
    logFile = folder.resolve("access.jsonl");
    log = AccessLog.toFile(logFile);
    metrics = new ServerMetrics();
    tested =
        new ServerUnderTest(
            200_000,
            64,
            new ServerOptions(
                Optional.empty(),
                Authentication.open(),
                CallLimits.DEFAULT,
                List.of(metrics, log)));
    endpoint = new MetricsEndpoint(ServerUnderTest.HOST, 0, metrics, () -> tested.server.isReady());
    plain =
        FlightClient.builder(
                tested.clientMemory,
                Location.forGrpcInsecure(ServerUnderTest.HOST, tested.server.port()))
            .build();
    channel =
        NettyChannelBuilder.forAddress(ServerUnderTest.HOST, tested.server.port())
            .usePlaintext()
            .build();
  }

  @AfterEach
  void stopAndFailOnBytesLeft() throws InterruptedException {
    channel.shutdownNow();
    plain.close();
    endpoint.close();
    tested.close();
    log.close();
    metrics.close();
  }

  @Test
  void theAccessLogHasALineForEachCall() throws Exception {
    tested.client.readAll(tested.client.info("profile"), rows -> {});
    tested.client.lookUp("stats", new long[] {1, 2, 3}, rows -> {});
    assertThatThrownBy(() -> tested.client.info("nobody"));
    assertThatThrownBy(() -> tested.client.info(EmbeddingRequest.whole("stats").version(7)));
    List<JsonNode> lines = lines(5);
    JsonNode read = line(lines, "DoGet");
    assertThat(read.get("embedding").asText()).isEqualTo("profile");
    assertThat(read.get("principal").asText()).isEqualTo("anonymous");
    assertThat(read.get("rows").asLong()).isEqualTo(200_000);
    assertThat(read.get("bytes").asLong()).isGreaterThan(200_000L * 64 * Float.BYTES);
    assertThat(read.get("seconds").asDouble()).isPositive();
    assertThat(read.get("status").asText()).isEqualTo("OK");
    JsonNode lookUp = line(lines, "DoExchange");
    assertThat(lookUp.get("embedding").asText()).isEqualTo("stats");
    assertThat(lookUp.get("rows").asLong()).isEqualTo(3);
    assertThat(lines)
        .anyMatch(
            line ->
                line.get("status").asText().equals("NOT_FOUND")
                    && line.get("embedding").asText().equals("nobody")
                    && line.get("reason").asText().contains("nobody"))
        .anyMatch(
            line ->
                line.get("status").asText().equals("NOT_FOUND")
                    && line.get("embedding").asText().equals("stats")
                    && line.get("version").asText().equals("7"));
  }

  @Test
  void aMessageThatIsTooLargeIsLoggedWithWhatToDo() throws Exception {
    byte[] large = new byte[CallLimits.DEFAULT.maxRequestBytes() + 1];
    assertThatThrownBy(() -> plain.doAction(new Action("health", large)).next())
        .isInstanceOfSatisfying(
            FlightRuntimeException.class,
            e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.RESOURCE_EXHAUSTED))
        .hasMessageContaining("exceeds maximum size 16777216");
    JsonNode line = line(lines(1), "DoAction");
    assertThat(line.get("status").asText()).isEqualTo("RESOURCE_EXHAUSTED");
    assertThat(line.get("reason").asText()).contains("16777216", "smaller", "--max-request-mb");
  }

  @Test
  void aRequestIdGoesFromTheClientToTheLogAndBackInTheMessage() throws Exception {
    CallHeaders headers = new FlightCallHeaders();
    headers.insert("x-request-id", "order-66");
    assertThatThrownBy(
            () ->
                plain.getInfo(
                    EmbeddingRequest.whole("nobody").descriptor(), new HeaderCallOption(headers)))
        .hasMessageContaining("(request order-66)");
    assertThat(line(lines(1), "GetFlightInfo").get("request").asText()).isEqualTo("order-66");
  }

  @Test
  void aRequestIdThatCouldForgeALogLineIsReplaced() throws Exception {
    CallHeaders headers = new FlightCallHeaders();
    headers.insert("x-request-id", "a b\t" + "x".repeat(200));
    plain.getInfo(EmbeddingRequest.whole("profile").descriptor(), new HeaderCallOption(headers));
    assertThat(line(lines(1), "GetFlightInfo").get("request").asText())
        .matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  }

  @Test
  void theFiguresTellCallsRowsBytesTimesAndMemory() throws Exception {
    tested.client.readAll(tested.client.info("profile"), rows -> {});
    tested.client.lookUp("profile", new long[] {1, 2, 3}, rows -> {});
    assertThatThrownBy(() -> tested.client.info("nobody"));
    Eventually.holds(
        () -> {
          String figures = get("/metrics").body();
          assertThat(figures)
              .contains("tessera_calls_total{method=\"DoGet\",status=\"OK\"} 1.0")
              .contains("tessera_calls_total{method=\"GetFlightInfo\",status=\"NOT_FOUND\"} 1.0")
              .contains("tessera_rows_total{method=\"DoGet\"} 200000.0")
              .contains("tessera_rows_total{method=\"DoExchange\"} 3.0")
              .contains("tessera_call_seconds_count{method=\"DoGet\"} 1")
              .containsPattern("tessera_call_seconds_bucket\\{method=\"DoGet\",le=\"0.001\"\\}")
              .contains("tessera_open_calls{method=\"DoGet\"} 0.0")
              .containsPattern("tessera_bytes_sent_total\\{method=\"DoGet\"\\} 5\\.\\d+E7")
              .containsPattern("tessera_call_memory_bytes_count [1-9]")
              .containsPattern("tessera_direct_memory_bytes [1-9]")
              .containsPattern("jvm_memory_used_bytes");
        });
  }

  @Test
  void callsOfMethodsThatDoNotExistMakeNoLabelsOfTheirOwn() {
    io.grpc.MethodDescriptor<byte[], byte[]> strange =
        io.grpc.MethodDescriptor.newBuilder(BYTES, BYTES)
            .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("some.Service/Attack")
            .build();
    assertThatThrownBy(
            () ->
                io.grpc.stub.ClientCalls.blockingUnaryCall(
                    channel, strange, io.grpc.CallOptions.DEFAULT, new byte[3]))
        .hasMessageContaining("UNIMPLEMENTED");
    Eventually.holds(
        () ->
            assertThat(get("/metrics").body())
                .contains("{method=\"unknown\",status=\"UNIMPLEMENTED\"}")
                .doesNotContain("Attack"));
  }

  @Test
  void theHealthActionTellsThatItServes() {
    byte[] answer = plain.doAction(new Action("health")).next().getBody();
    JsonNode health = parse(new String(answer, StandardCharsets.UTF_8));
    assertThat(health.get("status").asText()).isEqualTo("serving");
    assertThat(health.get("open_calls").asInt()).isEqualTo(1);
    assertThat(health.get("embeddings").asInt()).isEqualTo(2);
  }

  @Test
  void whileItDrainsRunningStreamsEndNewCallsAreRefusedAndHealthSaysSo() throws Exception {
    assertThat(health()).isEqualTo(ServingStatus.SERVING);
    assertThat(get("/health/ready").statusCode()).isEqualTo(200);
    try (FlightStream stream = plain.getStream(EmbeddingRequest.whole("profile").ticket())) {
      assertThat(stream.next()).isTrue();
      Thread stopping = new Thread(() -> tested.server.stop(Duration.ofSeconds(60)));
      stopping.start();
      Eventually.holds(() -> assertThat(tested.server.isReady()).isFalse());
      assertThat(health()).isEqualTo(ServingStatus.NOT_SERVING);
      assertThat(get("/health/ready").statusCode()).isEqualTo(503);
      assertThat(get("/health/live").statusCode()).isEqualTo(200);
      assertThatThrownBy(() -> plain.getInfo(EmbeddingRequest.whole("profile").descriptor()))
          .isInstanceOfSatisfying(
              FlightRuntimeException.class,
              e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.UNAVAILABLE))
          .hasMessageContaining("the server is stopping");
      Eventually.holds(
          () ->
              assertThat(get("/metrics").body())
                  .contains("tessera_calls_cut_total{reason=\"draining\"} 1.0")
                  .contains("tessera_calls_cut_total{reason=\"stopping\"} 0.0"));
      int rows = stream.getRoot().getRowCount();
      while (stream.next()) {
        rows += stream.getRoot().getRowCount();
      }
      assertThat(rows).isEqualTo(200_000);
      stopping.join(Duration.ofSeconds(30).toMillis());
      assertThat(stopping.isAlive()).isFalse();
    }
  }

  @Test
  void aStreamThatDoesNotEndWhileItDrainsIsCut() throws Exception {
    try (FlightStream stream = plain.getStream(EmbeddingRequest.whole("profile").ticket())) {
      assertThat(stream.next()).isTrue();
      long start = System.nanoTime();
      tested.server.stop(Duration.ofMillis(300));
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
      assertThatThrownBy(
              () -> {
                while (stream.next()) {
                  // what had come before
                }
              })
          .isInstanceOf(FlightRuntimeException.class);
    }
    Eventually.holds(() -> assertThat(tested.batchesInFlight()).isZero());
    assertThat(line(lines(1), "DoGet").get("status").asText()).isEqualTo("UNAVAILABLE");
  }

  private ServingStatus health() {
    return HealthGrpc.newBlockingStub(channel)
        .check(HealthCheckRequest.getDefaultInstance())
        .getStatus();
  }

  private HttpResponse<String> get(String path) {
    URI uri = URI.create("http://%s:%d%s".formatted(ServerUnderTest.HOST, endpoint.port(), path));
    try {
      return HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The log's lines, once there are at least so many. */
  private List<JsonNode> lines(int least) {
    Eventually.holds(() -> assertThat(read()).hasSizeGreaterThanOrEqualTo(least));
    return read();
  }

  private List<JsonNode> read() {
    try {
      return Files.readString(logFile).lines().map(ObservedServingTest::parse).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode line(List<JsonNode> lines, String method) {
    return lines.stream()
        .filter(line -> line.get("method").asText().equals(method))
        .findFirst()
        .orElseThrow();
  }

  private static final io.grpc.MethodDescriptor.Marshaller<byte[]> BYTES =
      new io.grpc.MethodDescriptor.Marshaller<>() {
        @Override
        public java.io.InputStream stream(byte[] value) {
          return new java.io.ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(java.io.InputStream stream) {
          try {
            return stream.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };
}
