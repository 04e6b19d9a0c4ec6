package dev.tessera.host.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.api.Float16;
import dev.tessera.client.ColumnNames;
import dev.tessera.client.EmbeddingFlightClient;
import dev.tessera.client.EmbeddingRequest;
import dev.tessera.client.EmbeddingRows;
import dev.tessera.client.ServerAddress;
import dev.tessera.host.pipeline.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.vector.Float2Vector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a request may want of vectors, on a merge of two steps of 3 and 5 columns. */
@SuppressWarnings("try") // an interrupt while a stream is closed would fail the test, rightly
class VectorFormTest {

  private static final int CLIENTS = 3_000;
  private static final int DIMENSION = 8;
  private static final int RANK = 3;
  private static final List<String> COLUMNS =
      List.of("stats_a", "stats_b", "stats_c", "als_0", "als_1", "als_2", "als_3", "als_4");

  @TempDir Path folder;
  private StoreUnderTest tested;

  @BeforeEach
  void serveAMergeOfRankThree() throws IOException {
    Path run =
        RunFixture.write(
            folder.resolve("run"),
            CLIENTS,
            COLUMNS,
            (step, row, vector) -> System.arraycopy(vector(row), 0, vector, 0, DIMENSION),
            "profile");
    Path record = run.resolve("embeddings_submit/profile/step.json");
    Files.writeString(
        record,
        Files.readString(record).replace("\"inputs\": []", "\"inputs\": [\"stats\", \"als\"]"));
    tested = new StoreUnderTest(folder);
    tested.store.publish(new RunFolder(run), "profiles", false);
    tested.catalog.refresh();
  }

  @AfterEach
  void stopAndFailOnBytesLeft() throws InterruptedException {
    tested.close();
  }

  /** A sum of three fixed directions and a constant, by three numbers of the client's own. */
  private static float[] vector(int row) {
    Random directions = new Random(1);
    Random client = new Random(row);
    double[] sum = new double[DIMENSION];
    java.util.Arrays.fill(sum, 5);
    for (int r = 0; r < RANK; r++) {
      double along = (RANK - r) * client.nextGaussian();
      for (int d = 0; d < DIMENSION; d++) {
        sum[d] += along * directions.nextGaussian();
      }
    }
    float[] vector = new float[DIMENSION];
    for (int d = 0; d < DIMENSION; d++) {
      vector[d] = (float) sum[d];
    }
    return vector;
  }

  @Test
  void columnsAreTakenByStepByNameAndByRangeInTheOrderAskedFor() throws Exception {
    List<float[]> rows =
        tested.rows(
            "{'embedding': 'profiles', 'clients': [20, 7, 20], 'columns': ['als', 'stats_b', [0, 1]]}");
    float[] own = vector(2);
    float[] wanted = {own[3], own[4], own[5], own[6], own[7], own[1], own[0]};
    assertThat(rows).hasSize(3);
    assertThat(rows.get(0)).isEqualTo(wanted);
    assertThat(rows.get(1)).isNull();
    assertThat(rows.get(2)).isEqualTo(wanted);
  }

  @Test
  void theJavaClientAsksForEveryFormThatTheJsonHas() throws Exception {
    EmbeddingRequest profiles = EmbeddingRequest.whole("profiles");
    Map<String, EmbeddingRequest> forms =
        Map.of(
            "'columns': ['als', 'stats_b']",
            profiles.columns("als", "stats_b"),
            "'columns': [[2, 6]]",
            profiles.columns(2, 6),
            "'type': 'float16'",
            profiles.float16(),
            "'projection': {'dimension': 4, 'seed': 9}",
            profiles.projection(4, 9),
            "'columns': ['als'], 'pca': 2, 'type': 'float16'",
            profiles.columns("als").principal(2).float16());
    try (EmbeddingFlightClient client =
        new EmbeddingFlightClient(
            new ServerAddress(ServerUnderTest.HOST, tested.server.port()), tested.clientMemory)) {
      forms.forEach(
          (json, request) -> {
            List<float[]> wanted = rowsOf("{'embedding': 'profiles', " + json + "}");
            assertThat(wanted).hasSize(CLIENTS);
            List<float[]> all = new ArrayList<>();
            client.readAll(client.info(request), rows -> add(rows, all));
            assertThat(all.toArray(float[][]::new)).isDeepEqualTo(wanted.toArray(float[][]::new));
            List<float[]> some = new ArrayList<>();
            client.lookUp(request, new long[] {70, 0, 1}, rows -> add(rows, some));
            assertThat(some).hasSize(3);
            assertThat(some.get(0)).isEqualTo(wanted.get(7));
            assertThat(some.get(1)).isEqualTo(wanted.get(0));
            assertThat(some.get(2)).isNull();
          });
      assertThatThrownBy(() -> client.info(profiles.columns("nobody")))
          .hasMessageContaining("nobody");
    }
  }

  @Test
  void aTargetThatIsNotAsLongAsTheVectorIsRefusedInBothTypes() throws Exception {
    EmbeddingRequest profiles = EmbeddingRequest.whole("profiles");
    List<String> refused = new ArrayList<>();
    try (EmbeddingFlightClient client =
        new EmbeddingFlightClient(
            new ServerAddress(ServerUnderTest.HOST, tested.server.port()), tested.clientMemory)) {
      for (EmbeddingRequest request : List.of(profiles, profiles.float16())) {
        client.lookUp(
            request,
            new long[] {0, 10},
            rows -> {
              for (int length : new int[] {DIMENSION - 1, DIMENSION + 1}) {
                assertThatThrownBy(() -> rows.copyVector(0, new float[length]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll(
                        "wanted a target of " + DIMENSION, "found one of " + length);
                refused.add(request + " " + length);
              }
            });
      }
    }
    assertThat(refused).hasSize(4);
  }

  private List<float[]> rowsOf(String json) {
    try {
      return tested.rows(json);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void add(EmbeddingRows batch, List<float[]> all) {
    for (int row = 0; row < batch.size(); row++) {
      float[] vector = new float[batch.embeddings().getListSize()];
      if (!batch.isUnknown(row)) {
        batch.copyVector(row, vector);
      }
      all.add(batch.isUnknown(row) ? null : vector);
    }
  }

  @Test
  void theSchemaOfSomeColumnsNamesThemAndThatOfAllTellsEachStepsRange() {
    FlightInfo all = tested.client.getInfo(FlightDescriptor.path("profiles"));
    assertThat(all.getSchemaOptional().orElseThrow().getCustomMetadata())
        .containsEntry("tessera.inputs", "{\"stats\":[0,3],\"als\":[3,8]}");
    FlightInfo some =
        tested.client.getInfo(
            StoreUnderTest.command("{'embedding': 'profiles', 'columns': ['stats']}"));
    assertThat(ColumnNames.of(some.getSchemaOptional().orElseThrow()))
        .containsExactly("stats_a", "stats_b", "stats_c");
  }

  @Test
  void aWholeReadOfSomeColumnsHasTheAnnouncedRowsAndBytes() throws Exception {
    String json = "{'embedding': 'profiles', 'columns': ['stats'], 'type': 'float16'}";
    FlightInfo info = tested.client.getInfo(StoreUnderTest.command(json));
    long rows = 0;
    long bytes = 0;
    try (FlightStream stream = tested.client.getStream(info.getEndpoints().get(0).getTicket())) {
      while (stream.next()) {
        rows += stream.getRoot().getRowCount();
        bytes += FlightProtocolTest.bytes(stream.getRoot());
      }
    }
    assertThat(info.getRecords()).isEqualTo(rows).isEqualTo(CLIENTS);
    assertThat(info.getBytes()).isEqualTo(bytes);
  }

  @Test
  void halvesAreTheNearestAndMarkUnknownClientsToo() throws Exception {
    try (FlightStream stream =
        tested.get("{'embedding': 'profiles', 'clients': [30, 31], 'type': 'float16'}")) {
      assertThat(stream.next()).isTrue();
      FixedSizeListVector lists = (FixedSizeListVector) stream.getRoot().getVector("embedding");
      Float2Vector values = (Float2Vector) lists.getDataVector();
      for (int d = 0; d < DIMENSION; d++) {
        assertThat(values.get(d)).isEqualTo(Float16.fromFloat(vector(3)[d]));
      }
      assertThat(lists.isNull(0)).isFalse();
      assertThat(lists.isNull(1)).isTrue();
    }
  }

  @Test
  void someRowsAreThoseOfTheWholeInEveryForm() throws Exception {
    for (String form : List.of("", ", 'columns': [[0, 8]]")) {
      List<float[]> rows = tested.rows("{'embedding': 'profiles', 'rows': [5, 1003]" + form + "}");
      assertThat(rows).hasSize(998);
      assertThat(rows.get(0)).isEqualTo(vector(5));
      assertThat(rows.get(997)).isEqualTo(vector(1002));
    }
  }

  @Test
  void aProjectionIsTheProductWithSeededDeviates() throws Exception {
    int k = 4;
    Random random = new Random(7);
    double[][] matrix = new double[k][DIMENSION];
    for (double[] line : matrix) {
      for (int d = 0; d < DIMENSION; d++) {
        line[d] = random.nextGaussian() / 2; // 1 / sqrt(k)
      }
    }
    float[] found =
        tested
            .rows(
                "{'embedding': 'profiles', 'clients': [50], 'projection': {'dimension': 4, 'seed': 7}}")
            .get(0);
    float[] own = vector(5);
    for (int i = 0; i < k; i++) {
      double wanted = 0;
      for (int d = 0; d < DIMENSION; d++) {
        wanted += matrix[i][d] * own[d];
      }
      assertThat((double) found[i]).isCloseTo(wanted, within(1e-4));
    }
  }

  @Test
  void principalColumnsKeepAllDistancesOfVectorsOfThatRankAndComeByFallingVariance()
      throws Exception {
    List<float[]> rows = tested.rows("{'embedding': 'profiles', 'pca': 3}");
    assertThat(rows).hasSize(CLIENTS);
    for (int i = 1; i < 200; i++) {
      assertThat(distance(rows.get(0), rows.get(i)))
          .isCloseTo(distance(vector(0), vector(i)), within(1e-3));
    }
    double[][] moments = new double[RANK][RANK];
    for (float[] row : rows) {
      for (int a = 0; a < RANK; a++) {
        for (int b = 0; b < RANK; b++) {
          moments[a][b] += (double) row[a] * row[b] / CLIENTS;
        }
      }
    }
    assertThat(moments[0][0]).isGreaterThan(moments[1][1]);
    assertThat(moments[1][1]).isGreaterThan(moments[2][2]).isPositive();
    assertThat(moments[0][1]).isCloseTo(0, within(1e-3 * moments[0][0]));
    assertThat(moments[1][2]).isCloseTo(0, within(1e-3 * moments[0][0]));

    List<float[]> some =
        tested.rows("{'embedding': 'profiles', 'clients': [110], 'pca': 2, 'version': 1}");
    assertThat(some.get(0)).containsExactly(rows.get(11)[0], rows.get(11)[1]);
  }

  @Test
  void anExchangeAnswersInTheFormAskedFor() throws Exception {
    List<float[]> wanted =
        tested.rows("{'embedding': 'profiles', 'clients': [40], 'columns': ['stats'], 'pca': 2}");
    FlightDescriptor descriptor =
        StoreUnderTest.command("{'embedding': 'profiles', 'columns': ['stats'], 'pca': 2}");
    try (var ids = new org.apache.arrow.vector.BigIntVector("client_id", tested.clientMemory);
        var root = org.apache.arrow.vector.VectorSchemaRoot.of(ids);
        var exchange = tested.client.doExchange(descriptor)) {
      ids.allocateNew(1);
      ids.set(0, 40);
      root.setRowCount(1);
      exchange.getWriter().start(root);
      exchange.getWriter().putNext();
      exchange.getWriter().completed();
      assertThat(exchange.getReader().next()).isTrue();
      float[] found = new float[2];
      EmbeddingRows.of(exchange.getReader().getRoot()).copyVector(0, found);
      assertThat(found).isEqualTo(wanted.get(0));
      assertThat(exchange.getReader().next()).isFalse();
    }
  }

  @Test
  void whatCannotBeIsRefusedWithWhatThereIs() {
    assertRefused("'columns': ['lightfm']", "its steps are: stats, als");
    assertRefused("'columns': []", "must be a list, not empty");
    assertRefused("'columns': [[0, 9]]", "columns [0, 9) are not there: profiles has 8");
    assertRefused("'columns': [[3, 3]]", "ranges [first, end)");
    assertRefused("'columns': ['als', 'als']", "10 columns asked for, profiles has 8");
    assertRefused("'rows': [0, 3001]", "rows [0, 3001) are not there: profiles has 3000");
    assertRefused("'type': 'float64'", "key type must be float32 or float16");
    assertRefused("'pca': 9", "8 dimensions cannot be reduced to 9");
    assertRefused("'pca': 0", "key pca must be a whole number of at least 1");
    assertRefused("'projection': 4", "key projection must look like");
    assertRefused("'projection': {'dimension': 4, 'sed': 1}", "unknown key 'sed' in projection");
    assertRefused("'pca': 2, 'projection': {'dimension': 2}", "exclude each other");
    assertRefused("'version': 1, 'as_of': '2026-01-01T00:00:00Z'", "exclude each other");
    assertRefused("'version': '1'", "key version must be a whole number of at least 1");
    assertRefused("'as_of': 'yesterday'", "key as_of must be a time like");
  }

  private void assertRefused(String keys, String why) {
    List<Throwable> failures = new ArrayList<>();
    String json = "{'embedding': 'profiles', " + keys + "}";
    assertThatThrownBy(() -> tested.client.getInfo(StoreUnderTest.command(json)))
        .satisfies(failures::add);
    assertThatThrownBy(() -> tested.rows(json)).satisfies(failures::add);
    assertThat(failures)
        .allSatisfy(
            failure -> {
              assertThat(failure).hasMessageContaining(why);
              assertThat(((FlightRuntimeException) failure).status().code())
                  .isEqualTo(FlightStatusCode.INVALID_ARGUMENT);
            });
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
    }
    return Math.sqrt(sum);
  }
}
