package dev.tessera.host.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.EmbeddingBatch;
import dev.tessera.host.flight.call.CallLimits;
import dev.tessera.host.flight.security.Authentication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.arrow.flight.AsyncPutListener;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightClient.ClientStreamListener;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.SyncPutListener;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Embeddings that a client brings. */
@SuppressWarnings("try") // an interrupt while a stream is closed would fail the test, rightly
class PutTest {

  @TempDir Path folder;
  private StoreUnderTest tested;

  @BeforeEach
  void serve() {
    tested = new StoreUnderTest(folder);
  }

  @AfterEach
  void stopAndFailOnBytesLeft() throws InterruptedException {
    tested.close();
  }

  @Test
  void whatIsPutIsServedAtOnceAndPutAgainIsTheNextVersion() throws Exception {
    assertThat(put("python_model", new long[] {3, 7}, new float[] {1, 2, 3, 4}))
        .isEqualTo("{\"embedding\":\"python_model\",\"version\":1}");
    assertThat(rows("{'embedding': 'python_model', 'clients': [7, 5]}"))
        .satisfies(
            rows -> {
              assertThat(rows.get(0)).containsExactly(3, 4);
              assertThat(rows.get(1)).isNull();
            });
    assertThat(put("python_model", new long[] {3}, new float[] {9, 9})).contains("\"version\":2");
    assertThat(rows("{'embedding': 'python_model', 'clients': [3]}").get(0)).containsExactly(9, 9);
    assertThat(rows("{'embedding': 'python_model', 'version': 1}")).hasSize(2);
  }

  @Test
  void manyBatchesBecomeOneEmbedding() throws Exception {
    int batches = 40;
    int rows = 5_000;
    EmbeddingBatch batch = EmbeddingBatch.allocate(tested.clientMemory, rows, 16);
    try (VectorSchemaRoot root = root(batch)) {
      SyncPutListener listener = new SyncPutListener();
      ClientStreamListener writer =
          tested.client.startPut(FlightDescriptor.path("big"), root, listener);
      for (int number = 0; number < batches; number++) {
        while (!writer.isReady()) {
          Thread.sleep(1);
        }
        for (int row = 0; row < rows; row++) {
          batch.clientIds().set(row, (long) number * rows + row);
          for (int d = 0; d < 16; d++) {
            batch.values().set(row * 16 + d, number + d);
          }
        }
        root.setRowCount(rows);
        writer.putNext();
      }
      writer.completed();
      writer.getResult();
      read(listener);
    }
    List<float[]> all = rows("{'embedding': 'big'}");
    assertThat(all).hasSize(batches * rows);
    assertThat(all.get(39 * rows)[15]).isEqualTo(54);
  }

  @Test
  void rowsThatAPluginCouldNotWriteAreRefusedAndNothingIsLeft() throws IOException {
    assertRefused(
        new long[] {3, 3},
        new float[] {1, 2, 3, 4},
        "wanted distinct clients in ascending order, found 3 after 3 in row 1");
    assertRefused(new long[] {5, 3}, new float[] {1, 2, 3, 4}, "found 3 after 5 in row 1");
    assertRefused(
        new long[] {3, 5},
        new float[] {1, 2, 3, Float.NaN},
        "wanted finite values, found NaN in column 1 for client 5");
    assertRefused(new long[0], new float[0], "wanted at least one client, found none");
    try (Stream<Path> left = Files.list(folder.resolve("store"))) {
      assertThat(left).isEmpty();
    }
    assertThatThrownBy(() -> rows("{'embedding': 'refused'}"))
        .hasMessageContaining("no embedding 'refused' here; there are: none");
  }

  @Test
  void aPutWhoseClientSendsNothingMoreIsEndedAndNothingIsPublished() throws Exception {
    CallLimits limits =
        new CallLimits(
            CallLimits.STREAMS,
            Long.MAX_VALUE,
            CallLimits.REQUEST_BYTES,
            CallLimits.STALL,
            Duration.ofSeconds(1));
    EmbeddingBatch batch = EmbeddingBatch.allocate(tested.clientMemory, 1, 2);
    try (EmbeddingFlightServer server =
            EmbeddingFlightServer.start(
                new EmbeddingCatalog(List.of(), Optional.of(tested.catalog)),
                ServerUnderTest.HOST,
                0,
                new ServerOptions(Optional.empty(), Authentication.open(), limits, List.of()),
                tested.root);
        FlightClient client =
            FlightClient.builder(
                    tested.clientMemory,
                    Location.forGrpcInsecure(ServerUnderTest.HOST, server.port()))
                .build();
        VectorSchemaRoot root = root(batch)) {
      batch.clientIds().set(0, 3);
      batch.values().set(0, 1);
      batch.values().set(1, 2);
      root.setRowCount(1);
      ClientStreamListener writer =
          client.startPut(FlightDescriptor.path("quiet"), root, new AsyncPutListener());
      writer.putNext();
      assertThatThrownBy(writer::getResult)
          .isInstanceOfSatisfying(
              FlightRuntimeException.class,
              e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.TIMED_OUT))
          .hasMessageContaining("the client sent nothing for 1 s: call again");
    }
    assertThat(tested.store.names()).doesNotContain("quiet");
  }

  @Test
  void anotherDimensionThanBeforeIsRefused() throws Exception {
    put("model", new long[] {3}, new float[] {1, 2});
    assertThatThrownBy(() -> put("model", new long[] {3}, new float[] {1, 2, 3}))
        .isInstanceOfSatisfying(
            FlightRuntimeException.class,
            e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.INVALID_ARGUMENT))
        .hasMessageContaining("dimension 3, in model version 1 it has 2");
    assertThat(rows("{'embedding': 'model'}").get(0)).containsExactly(1, 2);
  }

  @Test
  void aWrongSchemaIsRefusedWithWhatWasWantedAndFound() {
    try (IntVector ids = new IntVector("client_id", tested.clientMemory);
        VectorSchemaRoot root = VectorSchemaRoot.of(ids)) {
      ids.allocateNew(1);
      ids.set(0, 3);
      root.setRowCount(1);
      assertThatThrownBy(() -> put(FlightDescriptor.path("model"), tested.client, root))
          .isInstanceOfSatisfying(
              FlightRuntimeException.class,
              e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.INVALID_ARGUMENT))
          .hasMessageContaining(
              "wanted client_id: int64 and embedding: fixed_size_list<float32>[D], found")
          .hasMessageContaining("client_id: Int(32, true)");
    }
  }

  @Test
  void namesAreCheckedAndAServerWithoutAStoreTakesNothing() throws Exception {
    assertThatThrownBy(() -> put("My Model", new long[] {3}, new float[] {1}))
        .hasMessageContaining("must be lower case, digits, _ and -, was 'My Model'");
    assertThatThrownBy(() -> put("../up", new long[] {3}, new float[] {1}))
        .hasMessageContaining("must be lower case");
    try (EmbeddingFlightServer bare =
            EmbeddingFlightServer.start(
                new EmbeddingCatalog(List.of()),
                ServerUnderTest.HOST,
                0,
                ServerOptions.OPEN,
                tested.root);
        FlightClient client =
            FlightClient.builder(
                    tested.clientMemory,
                    Location.forGrpcInsecure(ServerUnderTest.HOST, bare.port()))
                .build()) {
      EmbeddingBatch batch = EmbeddingBatch.allocate(tested.clientMemory, 1, 1);
      batch.clientIds().set(0, 1);
      batch.values().set(0, 1);
      try (VectorSchemaRoot root = root(batch)) {
        assertThatThrownBy(() -> put(FlightDescriptor.path("model"), client, root))
            .isInstanceOfSatisfying(
                FlightRuntimeException.class,
                e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.UNIMPLEMENTED))
            .hasMessageContaining("it was started without --store");
      }
    }
  }

  @Test
  void whoMayOnlyReadPutsNothing() throws Exception {
    tested.close();
    tested = new StoreUnderTest(folder, Authentication.readOnly());
    assertThatThrownBy(() -> put("model", new long[] {3}, new float[] {1}))
        .isInstanceOfSatisfying(
            FlightRuntimeException.class,
            e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.UNAUTHORIZED))
        .hasMessageContaining("anonymous may not write 'model'");
    assertThat(folder.resolve("store")).doesNotExist();
  }

  @Test
  void aClientThatVanishesInMidPutLeavesNothing() throws Exception {
    EmbeddingBatch batch = EmbeddingBatch.allocate(tested.clientMemory, 1, 1);
    try (VectorSchemaRoot root = root(batch)) {
      FlightClient vanishing =
          FlightClient.builder(
                  tested.clientMemory,
                  Location.forGrpcInsecure(ServerUnderTest.HOST, tested.server.port()))
              .build();
      batch.clientIds().set(0, 1);
      batch.values().set(0, 1);
      root.setRowCount(1);
      ClientStreamListener writer =
          vanishing.startPut(FlightDescriptor.path("half"), root, new SyncPutListener());
      writer.putNext();
      Path store = folder.resolve("store");
      Eventually.holds(() -> assertThat(store).isNotEmptyDirectory());
      writer.error(new IllegalStateException("gone"));
      vanishing.close();
      Eventually.holds(() -> assertThat(store).isEmptyDirectory());
    }
    assertThat(tested.store.names()).isEmpty();
  }

  private List<float[]> rows(String json) throws Exception {
    return tested.rows(json);
  }

  private void assertRefused(long[] ids, float[] values, String why) {
    assertThatThrownBy(() -> put("refused", ids, ids.length == 0 ? new float[2] : values))
        .isInstanceOfSatisfying(
            FlightRuntimeException.class,
            e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.INVALID_ARGUMENT))
        .hasMessageContaining(why);
  }

  /** Puts rows in one batch; the dimension is what the values give. */
  private String put(String name, long[] ids, float[] values) throws Exception {
    int dimension = values.length / Math.max(1, ids.length);
    EmbeddingBatch batch = EmbeddingBatch.allocate(tested.clientMemory, ids.length, dimension);
    for (int row = 0; row < ids.length; row++) {
      batch.clientIds().set(row, ids[row]);
      for (int d = 0; d < dimension; d++) {
        batch.values().set(row * dimension + d, values[row * dimension + d]);
      }
    }
    try (VectorSchemaRoot root = root(batch)) {
      root.setRowCount(ids.length);
      return put(FlightDescriptor.path(name), tested.client, root);
    }
  }

  private static String put(FlightDescriptor descriptor, FlightClient client, VectorSchemaRoot root)
      throws Exception {
    SyncPutListener listener = new SyncPutListener();
    ClientStreamListener writer = client.startPut(descriptor, root, listener);
    writer.putNext();
    writer.completed();
    writer.getResult();
    return read(listener);
  }

  private static String read(SyncPutListener listener) throws Exception {
    try (PutResult result = listener.read()) {
      byte[] json = new byte[(int) result.getApplicationMetadata().readableBytes()];
      result.getApplicationMetadata().getBytes(0, json);
      Map<?, ?> parsed =
          new com.fasterxml.jackson.databind.ObjectMapper().readValue(json, Map.class);
      return "{\"embedding\":\"%s\",\"version\":%s}"
          .formatted(parsed.get("embedding"), parsed.get("version"));
    }
  }

  private static VectorSchemaRoot root(EmbeddingBatch batch) {
    return VectorSchemaRoot.of((FieldVector) batch.clientIds(), batch.embeddings());
  }
}
