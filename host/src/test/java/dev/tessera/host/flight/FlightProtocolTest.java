package dev.tessera.host.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.EmbeddingBatch;
import dev.tessera.client.EmbeddingRequest;
import dev.tessera.client.EmbeddingRows;
import dev.tessera.client.RowRange;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The server as any Flight client sees it, here Arrow's own. */
@SuppressWarnings("try") // an interrupt while a stream is closed would fail the test, rightly
class FlightProtocolTest {

  private static final int DIMENSION = 64;

  private ServerUnderTest tested;
  private FlightClient plain;

  @BeforeEach
  void start() {
    tested = new ServerUnderTest(200_000, DIMENSION);
    plain =
        FlightClient.builder(
                tested.clientMemory,
                Location.forGrpcInsecure(ServerUnderTest.HOST, tested.server.port()))
            .build();
  }

  @AfterEach
  void stopAndFailOnBytesLeft() throws InterruptedException {
    plain.close();
    tested.close();
  }

  @Test
  void flightInfoTellsSchemaRowsAndBytesOfTheStreamThatItsTicketGives() throws Exception {
    FlightInfo info = plain.getInfo(FlightDescriptor.path("profile"));
    long rows = 0;
    long bytes = 0;
    assertThat(info.getEndpoints()).hasSize(3); // 51 MB in parts of at least 16 MB
    for (FlightEndpoint part : info.getEndpoints()) {
      try (FlightStream stream = plain.getStream(part.getTicket())) {
        assertThat(stream.getSchema()).isEqualTo(info.getSchemaOptional().orElseThrow());
        while (stream.next()) {
          EmbeddingRows batch = EmbeddingRows.of(stream.getRoot());
          assertThat(batch.clientId(0)).isEqualTo(RandomEmbedding.ID_STEP * rows);
          rows += batch.size();
          bytes += bytes(stream.getRoot());
        }
      }
    }
    assertThat(info.getRecords()).isEqualTo(rows).isEqualTo(200_000);
    assertThat(info.getBytes()).isEqualTo(bytes);
  }

  @Test
  void aTicketForClientsGivesTheirRowsInOrderAndCanBeUsedAgain() throws Exception {
    FlightInfo info =
        plain.getInfo(command("{\"embedding\": \"profile\", \"clients\": [9, 1, 9, 0]}"));
    assertThat(info.getRecords()).isEqualTo(4);
    for (int time = 0; time < 2; time++) {
      try (FlightStream stream = plain.getStream(info.getEndpoints().get(0).getTicket())) {
        assertThat(stream.next()).isTrue();
        EmbeddingRows rows = EmbeddingRows.of(stream.getRoot());
        assertThat(bytes(stream.getRoot())).isEqualTo(info.getBytes());
        assertThat(
                new long[] {rows.clientId(0), rows.clientId(1), rows.clientId(2), rows.clientId(3)})
            .containsExactly(9, 1, 9, 0);
        assertThat(rows.isUnknown(1)).isTrue();
        assertThat(rows.unknown()).isEqualTo(1);
        float[] vector = new float[DIMENSION];
        rows.copyVector(2, vector);
        assertThat(vector).isEqualTo(tested.vector(9));
        assertThat(stream.next()).isFalse();
      }
    }
  }

  @Test
  void noBatchIsLargerThanFourMegabytes() throws Exception {
    long largest = 0;
    try (RandomEmbedding wide = new RandomEmbedding("wide", 60, 20_000, 60, tested.root);
        WholeEmbedding source =
            new WholeEmbedding(
                new ServedEmbedding("wide", wide.embeddings(), Map.of()),
                new RowRange(0, 60),
                tested.serverMemory)) {
      int rows = 0;
      while (source.next()) {
        largest = Math.max(largest, bytes(source.root()));
        rows += source.root().getRowCount();
      }
      assertThat(rows).isEqualTo(60);
      assertThat(60L * 20_000 * Float.BYTES).isGreaterThan(4L << 20);
    }
    assertThat(largest).isBetween(1L, 4L << 20);
  }

  @Test
  void aReaderThatSleepsHoldsFewBatchesOfTheServer() throws Exception {
    long batches = tested.random.embeddings().batches().size();
    try (FlightStream stream = plain.getStream(EmbeddingRequest.whole("profile").ticket())) {
      assertThat(stream.next()).isTrue();
      Eventually.sleep(Duration.ofSeconds(1));
      long held = tested.batchesInFlight();
      Eventually.sleep(Duration.ofSeconds(1));
      assertThat(tested.batchesInFlight()).isEqualTo(held);
      // 2 MB each: what gRPC may buffer, what is written at once, and none of the others
      int waiting =
          EmbeddingFlightServer.BACKPRESSURE_BYTES
              + PacedStream.BATCHES_AT_ONCE * BatchSize.MESSAGE_BYTES;
      assertThat(held).isBetween(1L, waiting / (2 << 20) + 2L);
      assertThat(batches).isGreaterThan(4 * held);
      int rows = stream.getRoot().getRowCount();
      while (stream.next()) {
        rows += stream.getRoot().getRowCount();
      }
      assertThat(rows).isEqualTo(200_000);
    }
  }

  @Test
  void aStreamThatIsCancelledMidwayFreesWhatItHeld() throws Exception {
    for (int i = 0; i < 10; i++) {
      try (FlightStream stream = plain.getStream(EmbeddingRequest.whole("profile").ticket())) {
        assertThat(stream.next()).isTrue();
        stream.cancel("enough", null);
      } catch (FlightRuntimeException e) {
        assertThat(e.status().code()).isEqualTo(FlightStatusCode.CANCELLED);
      }
    }
    Eventually.holds(() -> assertThat(tested.batchesInFlight()).isZero());
  }

  @Test
  void anExchangeThatIsAbandonedFreesItsThreadAndMemory() throws Exception {
    int more = EmbeddingFlightServer.MAX_EXCHANGES + 10;
    for (int i = 0; i < more; i++) {
      try (var exchange = plain.doExchange(FlightDescriptor.path("profile"))) {
        assertThat(exchange.getReader().getSchema().getFields()).hasSize(2);
      } catch (FlightRuntimeException e) {
        assertThat(e.status().code()).isEqualTo(FlightStatusCode.CANCELLED);
      }
    }
    Eventually.holds(() -> assertThat(tested.serverMemory.getAllocatedMemory()).isZero());
  }

  @Test
  void idsThatAreNotInt64AreRefused() {
    try (IntVector ids = new IntVector("client_id", tested.clientMemory);
        VectorSchemaRoot root = VectorSchemaRoot.of(ids)) {
      ids.allocateNew(1);
      ids.set(0, 3);
      root.setRowCount(1);
      assertThatThrownBy(
              () -> {
                try (var exchange = plain.doExchange(FlightDescriptor.path("profile"))) {
                  exchange.getWriter().start(root);
                  exchange.getWriter().putNext();
                  exchange.getWriter().completed();
                  exchange.getResult();
                }
              })
          .isInstanceOfSatisfying(
              FlightRuntimeException.class,
              e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.INVALID_ARGUMENT))
          .hasMessageContaining("client_id of int64, found");
    }
  }

  @Test
  void requestsThatMeanNothingAreRefusedWithWhatWasWanted() {
    assertRefused("hello", "not JSON");
    assertRefused("[1]", "wanted a JSON object");
    assertRefused("{\"clients\": [1]}", "key embedding must be a text");
    assertRefused("{\"embedding\": \"profile\", \"client\": [1]}", "unknown key 'client'");
    assertRefused("{\"embedding\": \"profile\", \"clients\": []}", "not empty");
    assertRefused(
        "{\"embedding\": \"profile\", \"clients\": [1.5]}", "clients[0] must be an int64");
    assertRefused("{\"embedding\": \"profile\", \"clients\": [99999999999999999999]}", "int64");
  }

  private void assertRefused(String json, String why) {
    assertThatThrownBy(() -> plain.getInfo(command(json)))
        .isInstanceOfSatisfying(
            FlightRuntimeException.class,
            e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.INVALID_ARGUMENT))
        .hasMessageContaining(why);
    assertThatThrownBy(
            () -> {
              try (FlightStream stream = plain.getStream(new Ticket(command(json).getCommand()))) {
                stream.next();
              }
            })
        .hasMessageContaining(why);
  }

  private static FlightDescriptor command(String json) {
    return FlightDescriptor.command(json.getBytes(StandardCharsets.UTF_8));
  }

  /** The body of the batch as it is on the wire: each buffer padded to 8 bytes. */
  /** As on the wire, where no value has a bit that says it is not null. */
  static long bytes(VectorSchemaRoot root) {
    FieldVector lists = root.getVector(EmbeddingBatch.EMBEDDING);
    int values = lists.getChildrenFromFields().get(0).getValueCount();
    // Arrow's vectors make these bits when they are loaded
    long bits = lists instanceof SentVectors ? 0 : ((values + 7) / 8 + 7) / 8 * 8;
    try (ArrowRecordBatch message = new VectorUnloader(root).getRecordBatch()) {
      return message.computeBodyLength() - bits;
    }
  }
}
