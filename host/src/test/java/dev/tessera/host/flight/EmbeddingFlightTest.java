package dev.tessera.host.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.client.EmbeddingFlightClient;
import dev.tessera.client.EmbeddingInfo;
import dev.tessera.client.EmbeddingRows;
import dev.tessera.client.ServerAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EmbeddingFlightTest {

  private static final int ROWS = 20_000;
  private static final int DIMENSION = 100;

  private ServerUnderTest tested;

  @BeforeEach
  void start() {
    tested = new ServerUnderTest(ROWS, DIMENSION);
  }

  @AfterEach
  void stopAndFailOnBytesLeft() {
    tested.close();
  }

  @Test
  void listsTheEmbeddingsWithDimensionRowsColumnsAndMetadata() {
    List<EmbeddingInfo> all = tested.client.list();

    assertThat(all).extracting(EmbeddingInfo::name).containsExactly("profile", "stats");
    assertThat(all.get(0).dimension()).isEqualTo(DIMENSION);
    assertThat(all.get(0).rows()).isEqualTo(ROWS);
    assertThat(all.get(0).metadata()).containsEntry("run", "r1");
    assertThat(all.get(0).columnNames()).isEmpty();
    assertThat(all.get(1).columnNames()).hasSize(DIMENSION).contains("column 1");
  }

  @Test
  void readsAWholeEmbeddingBitForBit() {
    List<Long> ids = new ArrayList<>();
    List<float[]> vectors = new ArrayList<>();
    tested.client.readAll(tested.client.info("profile"), batch -> keep(batch, ids, vectors));

    assertThat(ids)
        .containsExactlyElementsOf(
            LongStream.range(0, ROWS).map(i -> i * RandomEmbedding.ID_STEP).boxed().toList());
    int row = 0;
    for (var batch : tested.random.embeddings().batches()) {
      float[] wanted = new float[DIMENSION];
      for (int i = 0; i < batch.rows(); i++) {
        batch.copyRow(i, wanted);
        assertThat(Arrays.equals(vectors.get(row), wanted)).as("row %d", row).isTrue();
        row++;
      }
    }
  }

  @Test
  void looksClientsUpInTheOrderAskedForWithRepeatsAndMarksUnknownOnes() {
    long[] wanted = {30, 3, 4, 30, -7, (ROWS - 1L) * 3, 0, Long.MAX_VALUE, 3};
    List<Long> ids = new ArrayList<>();
    List<float[]> vectors = new ArrayList<>();
    tested.client.lookUp("profile", wanted, batch -> keep(batch, ids, vectors));

    assertThat(ids).containsExactly(Arrays.stream(wanted).boxed().toArray(Long[]::new));
    for (int i = 0; i < wanted.length; i++) {
      boolean known = wanted[i] >= 0 && wanted[i] % 3 == 0 && wanted[i] < 3L * ROWS;
      assertThat(vectors.get(i)).isEqualTo(known ? tested.vector(wanted[i]) : new float[0]);
    }
  }

  @Test
  void looksUpMoreClientsThanFitIntoOneMessage() {
    long[] wanted = new SplittableRandom(5).longs(100_000, -10, 3L * ROWS + 10).toArray();
    List<Long> ids = new ArrayList<>();
    long[] unknown = new long[1];
    tested.client.lookUp(
        "profile",
        wanted,
        batch -> {
          for (int row = 0; row < batch.size(); row++) {
            ids.add(batch.clientId(row));
          }
          unknown[0] += batch.unknown();
        });

    assertThat(ids).containsExactly(Arrays.stream(wanted).boxed().toArray(Long[]::new));
    long wantedUnknown =
        Arrays.stream(wanted).filter(id -> id < 0 || id % 3 != 0 || id >= 3L * ROWS).count();
    assertThat(unknown[0]).isEqualTo(wantedUnknown);
  }

  @Test
  void anUnknownNameIsAnErrorThatListsTheNamesThereAre() {
    assertThatThrownBy(() -> tested.client.info("profil"))
        .isInstanceOf(PluginException.class)
        .hasMessageContaining("no embedding 'profil' here; there are: profile, stats");
    assertThatThrownBy(() -> tested.client.lookUp("profil", new long[] {1}, batch -> {}))
        .isInstanceOf(PluginException.class)
        .hasMessageContaining("there are: profile, stats");
  }

  @Test
  void aServerThatIsNotThereIsOneLineThatSaysWhere() {
    ServerAddress address = tested.address();
    tested.server.close();
    EmbeddingFlightClient client = new EmbeddingFlightClient(address, tested.clientMemory);
    try (client) {
      assertThatThrownBy(client::list)
          .isInstanceOf(PluginException.class)
          .hasMessageStartingWith("no server answers at " + address)
          .hasMessageNotContaining("\n");
    }
  }

  @Test
  void aPortInUseIsOneLineThatNamesIt() {
    int port = tested.server.port();
    EmbeddingCatalog empty = new EmbeddingCatalog(List.of());

    assertThatThrownBy(
            () ->
                EmbeddingFlightServer.start(
                    empty, ServerUnderTest.HOST, port, ServerOptions.OPEN, tested.serverMemory))
        .isInstanceOfSatisfying(
            PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
        .hasMessageContaining("127.0.0.1:" + port)
        .hasMessageContaining("--port")
        .hasMessageNotContaining("\n");
  }

  @Test
  void manyCallsLeaveNoMemoryBehind() {
    EmbeddingInfo info = tested.client.info("profile");
    for (int i = 0; i < 30; i++) {
      tested.client.readAll(info, batch -> {});
      tested.client.lookUp("profile", new long[] {i, 3, 6}, batch -> {});
    }
    Eventually.holds(
        () -> {
          assertThat(tested.serverMemory.getAllocatedMemory()).isZero();
          assertThat(tested.clientMemory.getAllocatedMemory()).isZero();
          assertThat(tested.batchesInFlight()).isZero();
        });
  }

  private static void keep(EmbeddingRows batch, List<Long> ids, List<float[]> vectors) {
    for (int row = 0; row < batch.size(); row++) {
      ids.add(batch.clientId(row));
      float[] vector = new float[batch.isUnknown(row) ? 0 : DIMENSION];
      if (!batch.isUnknown(row)) {
        batch.copyVector(row, vector);
      }
      vectors.add(vector);
    }
  }
}
