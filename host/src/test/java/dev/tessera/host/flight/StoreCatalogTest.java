package dev.tessera.host.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.client.EmbeddingFlightClient;
import dev.tessera.client.EmbeddingInfo;
import dev.tessera.client.EmbeddingRequest;
import dev.tessera.client.EmbeddingRows;
import dev.tessera.client.ServerAddress;
import dev.tessera.host.pipeline.RunFolder;
import dev.tessera.host.publish.Publication;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.vector.Float4Vector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("try") // an interrupt while a stream is closed would fail the test, rightly
class StoreCatalogTest {

  @TempDir Path folder;

  @Test
  void theNewestIsTheDefaultAndOlderOnesAreReadByNumberAndByTime() throws Exception {
    try (StoreUnderTest tested = new StoreUnderTest(folder)) {
      Publication first = tested.publish(10, 2, 1);
      Thread.sleep(5); // so that the times differ
      tested.publish(10, 2, 2);

      assertThat(value(tested, "{'embedding': 'profiles'}")).isEqualTo(2);
      assertThat(value(tested, "{'embedding': 'profiles/profile'}")).isEqualTo(2);
      assertThat(value(tested, "{'embedding': 'profiles', 'version': 1}")).isEqualTo(1);
      String then = first.published().toString();
      assertThat(value(tested, "{'embedding': 'profiles', 'as_of': '" + then + "'}")).isEqualTo(1);
      assertThat(value(tested, "{'embedding': 'profiles', 'as_of': '2100-01-01T00:00:00+01:00'}"))
          .isEqualTo(2);

      assertNotFound(
          tested, "{'embedding': 'profiles', 'version': 9}", "has no version 9; there are: 1, 2");
      assertNotFound(
          tested,
          "{'embedding': 'profiles', 'as_of': '2001-01-01T00:00:00Z'}",
          "no version of profiles was published by 2001-01-01T00:00:00Z; the oldest, 1, is of");
      assertNotFound(tested, "{'embedding': 'nobody'}", "there are: profiles, profiles/profile");
    }
  }

  @Test
  void asOfATimeIsTheVersionThatWasTheDefaultThenThroughRollBacksAndRetirement() throws Exception {
    try (StoreUnderTest tested = new StoreUnderTest(folder)) {
      List<Instant> times = new ArrayList<>();
      List<Runnable> changes =
          List.of(
              () -> publish(tested, 1),
              () -> publish(tested, 2),
              () -> tested.store.rollback("profiles", 1),
              () -> tested.store.rollback("profiles", 2),
              () -> tested.store.rollback("profiles", 1),
              () -> publish(tested, 3));
      for (Runnable change : changes) {
        change.run();
        Thread.sleep(3); // so that the times differ
        times.add(Instant.now());
        Thread.sleep(3);
      }
      tested.catalog.refresh();
      List<Float> wanted = List.of(1f, 2f, 1f, 2f, 1f, 3f);
      for (int i = 0; i < times.size(); i++) {
        assertThat(value(tested, asOf(times.get(i)))).as("after %d", i).isEqualTo(wanted.get(i));
      }
      tested.store.retire("profiles", 2);
      tested.catalog.refresh();
      tested.store.clearRetired("profiles");
      assertNotFound(
          tested,
          asOf(times.get(1)),
          "profiles version 2 was the default at %s and is not served any more; there are: 1, 3"
              .formatted(times.get(1)));
      assertThat(value(tested, asOf(times.get(2)))).isEqualTo(1);
      assertThat(value(tested, asOf(times.get(5)))).isEqualTo(3);
    }
  }

  private static void publish(StoreUnderTest tested, float value) {
    try {
      tested.publish(10, 2, value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String asOf(Instant time) {
    return "{'embedding': 'profiles', 'as_of': '%s'}".formatted(time);
  }

  @Test
  void theJavaClientReadsVersionsAndGoesOnWithTheOneThatItWasTold() throws Exception {
    try (StoreUnderTest tested = new StoreUnderTest(folder);
        EmbeddingFlightClient client =
            new EmbeddingFlightClient(
                new ServerAddress(ServerUnderTest.HOST, tested.server.port()),
                tested.clientMemory)) {
      Publication first = tested.publish(10, 2, 1);
      Thread.sleep(5); // so that the times differ
      EmbeddingInfo info = client.info("profiles");
      tested.publish(20, 2, 2);
      assertThat(read(client, info)).hasSize(10).containsOnly(1f);
      EmbeddingRequest profiles = EmbeddingRequest.whole("profiles");
      assertThat(read(client, client.info(profiles))).hasSize(20).containsOnly(2f);
      assertThat(read(client, client.info(profiles.version(1)))).hasSize(10).containsOnly(1f);
      assertThat(read(client, client.info(profiles.asOf(first.published()))))
          .hasSize(10)
          .containsOnly(1f);
      List<Float> values = new ArrayList<>();
      client.lookUp(profiles.version(1), new long[] {0}, rows -> add(rows, values));
      client.lookUp("profiles", new long[] {0}, rows -> add(rows, values));
      assertThat(values).containsExactly(1f, 2f);
      assertThatThrownBy(() -> client.info(profiles.version(9)))
          .hasMessageContaining("profiles has no version 9; there are: 1, 2");
    }
  }

  private static List<Float> read(EmbeddingFlightClient client, EmbeddingInfo info) {
    List<Float> values = new ArrayList<>();
    client.readAll(info, rows -> add(rows, values));
    return values;
  }

  private static void add(EmbeddingRows rows, List<Float> values) {
    for (int row = 0; row < rows.size(); row++) {
      float[] vector = new float[2];
      rows.copyVector(row, vector);
      values.add(vector[1]);
    }
  }

  @Test
  void theSchemaTellsRunVersionPluginsAndContent() throws Exception {
    try (StoreUnderTest tested = new StoreUnderTest(folder)) {
      tested.publish(10, 2, 1);
      FlightInfo info = tested.client.getInfo(StoreUnderTest.command("{'embedding': 'profiles'}"));
      assertThat(info.getSchemaOptional().orElseThrow().getCustomMetadata())
          .containsEntry("tessera.embedding", "profiles")
          .containsEntry("tessera.version", "1")
          .containsEntry("tessera.plugins", "{\"stats\":\"1.2\"}")
          .containsEntry("tessera.key", "k-profile")
          .containsEntry("tessera.seed", "42")
          .containsEntry("tessera.data", "f00d")
          .containsKeys("tessera.run", "tessera.published", "tessera.columns");
      assertThat(info.getRecords()).isEqualTo(10);
    }
  }

  @Test
  void aRunningServerFollowsWhatOtherProcessesDoToTheStore() throws Exception {
    try (StoreUnderTest tested = new StoreUnderTest(folder)) {
      for (int version = 1; version <= 2; version++) {
        StoreUnderTest.publish(tested.store, folder, 10, 2, version); // as another process would
        int published = version;
        Eventually.holds(() -> assertServed(tested, published));
      }
      tested.store.rollback("profiles", 1);
      Eventually.holds(() -> assertServed(tested, 1));
      tested.store.retire("profiles", 2);
      Eventually.holds(
          () ->
              assertNotFound(
                  tested,
                  "{'embedding': 'profiles', 'version': 2}",
                  "profiles has no version 2 any more, it was retired; there are: 1"));
      Eventually.holds(
          () -> assertThat(folder.resolve("store/profiles/2/manifest.json")).doesNotExist());
    }
  }

  @Test
  void aStreamEndsOnTheVersionItBeganWithAlthoughThatIsRetiredMeanwhile() throws Exception {
    int clients = 60_000;
    try (StoreUnderTest tested = new StoreUnderTest(folder)) {
      Publication first = tested.publish(clients, 256, 1);
      Path files = first.folder().resolve("manifest.json");
      try (FlightStream stream = tested.get("{'embedding': 'profiles'}")) {
        assertThat(stream.next()).isTrue();
        int rows = checkAll(stream, 1);
        tested.publish(10, 256, 2);
        tested.store.retire("profiles", 1);
        tested.catalog.refresh();
        tested.store.clearRetired("profiles");
        assertThat(value(tested, "{'embedding': 'profiles'}")).isEqualTo(2);
        assertThat(files).exists();
        while (stream.next()) {
          rows += checkAll(stream, 1);
        }
        assertThat(rows).isEqualTo(clients);
      }
      Eventually.holds(() -> assertThat(files).doesNotExist());
    }
  }

  @Test
  void readersNeverSeeAMixtureOrAGapWhileVersionsComeAndGo() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    AtomicBoolean enough = new AtomicBoolean();
    try (StoreUnderTest tested = new StoreUnderTest(folder)) {
      tested.publish(5_000, 64, 1);
      List<Future<Integer>> readers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        readers.add(
            threads.submit(
                () -> {
                  int last = 1;
                  int reads = 0;
                  while (!enough.get()) {
                    try (FlightStream stream = tested.get("{'embedding': 'profiles'}")) {
                      int rows = 0;
                      float version = 0;
                      while (stream.next()) {
                        Float4Vector values = values(stream);
                        version = rows == 0 ? values.get(0) : version;
                        rows += checkAll(stream, version);
                      }
                      assertThat(rows).isEqualTo(5_000);
                      assertThat((int) version).isGreaterThanOrEqualTo(last);
                      last = (int) version;
                      reads++;
                    }
                  }
                  return reads;
                }));
      }
      for (int version = 2; version <= 10; version++) {
        tested.publish(5_000, 64, version);
        tested.store.retire("profiles", version - 1);
      }
      enough.set(true);
      for (Future<Integer> reader : readers) {
        assertThat(reader.get()).isPositive();
      }
      tested.catalog.refresh();
      Eventually.holds(
          () -> assertThat(folder.resolve("store/profiles/9/manifest.json")).doesNotExist());
    } finally {
      enough.set(true);
      threads.shutdownNow();
    }
  }

  @Test
  void ticketsOutliveTheServerButNotTheirContent() throws Exception {
    List<Ticket> tickets = new ArrayList<>();
    try (StoreUnderTest tested = new StoreUnderTest(folder)) {
      tested.publish(40_000, 256, 1);
      FlightInfo info = tested.client.getInfo(StoreUnderTest.command("{'embedding': 'profiles'}"));
      info.getEndpoints().forEach(endpoint -> tickets.add(endpoint.getTicket()));
      assertThat(tickets).hasSize(2);
    }
    try (StoreUnderTest tested = new StoreUnderTest(folder)) {
      tested.publish(10, 256, 2); // the tickets still mean version 1
      int rows = 0;
      for (Ticket ticket : tickets) {
        try (FlightStream stream = tested.client.getStream(ticket)) {
          while (stream.next()) {
            rows += checkAll(stream, 1);
          }
        }
      }
      assertThat(rows).isEqualTo(40_000);
    }
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    try (StoreUnderTest other = new StoreUnderTest(elsewhere)) {
      assertThatThrownBy(() -> drain(other.client.getStream(tickets.get(0))))
          .isInstanceOfSatisfying(
              FlightRuntimeException.class,
              e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.NOT_FOUND))
          .hasMessageContaining("there are: none");
      Path run = RunFixture.write(folder.resolve("other"), "profile");
      Path record = run.resolve("embeddings_submit/profile/step.json");
      Files.writeString(record, Files.readString(record).replace("k-profile", "k-other"));
      other.store.publish(new RunFolder(run), "profiles", false);
      other.catalog.refresh();
      assertThatThrownBy(() -> drain(other.client.getStream(tickets.get(0))))
          .isInstanceOfSatisfying(
              FlightRuntimeException.class,
              e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.NOT_FOUND))
          .hasMessageContaining("the ticket for 'profiles' was made by another server");
    }
  }

  @Test
  void aVersionThatCannotBeReadDoesNotHideTheOthers() throws Exception {
    try (StoreUnderTest tested = new StoreUnderTest(folder)) {
      tested.publish(10, 2, 1);
      Publication broken = StoreUnderTest.publish(tested.store, folder, 10, 2, 2);
      Path arrow = broken.folder().resolve("embeddings_submit/profile/embeddings.arrow");
      Files.delete(arrow);
      Files.writeString(arrow, "not an Arrow file");
      tested.catalog.refresh();
      Publication third = tested.publish(10, 2, 3);
      assertThat(third.version()).isEqualTo(3);
      assertThat(value(tested, "{'embedding': 'profiles'}")).isEqualTo(3);
      assertThat(value(tested, "{'embedding': 'profiles', 'version': 1}")).isEqualTo(1);
    }
  }

  @Test
  void aDamagedDefaultLeavesTheOneThatWasServedAndHidesNoOtherName() throws Exception {
    try (StoreUnderTest tested = new StoreUnderTest(folder)) {
      tested.publish(10, 2, 1);
      tested.publish(10, 2, 2);
      tested.store.rollback("profiles", 1);
      tested.catalog.refresh();
      Path file = tested.store.root().resolve("profiles/default");
      String rolledBack = Files.readString(file);
      Files.writeString(file, "xx");
      tested.publish(10, 2, 3);
      assertThat(value(tested, "{'embedding': 'profiles'}")).isEqualTo(1);
      assertThat(value(tested, "{'embedding': 'profiles', 'version': 3}")).isEqualTo(3);
      try (StoreCatalog started =
          StoreCatalog.open(tested.store, java.util.Optional.empty(), tested.clientMemory)) {
        assertThat(started.names()).isEmpty();
        Files.writeString(file, rolledBack);
        started.refresh();
        assertThat(started.defaultVersion("profiles")).isEqualTo(3);
      }
    }
  }

  /** A name that is not there yet counts as another value. */
  private static void assertServed(StoreUnderTest tested, float wanted) {
    try {
      assertThat(value(tested, "{'embedding': 'profiles'}")).isEqualTo(wanted);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static float value(StoreUnderTest tested, String json) throws Exception {
    return tested.rows(json).get(0)[0];
  }

  private static Float4Vector values(FlightStream stream) {
    return (Float4Vector) EmbeddingRows.of(stream.getRoot()).embeddings().getDataVector();
  }

  private static int checkAll(FlightStream stream, float wanted) {
    Float4Vector values = values(stream);
    for (int i = 0; i < values.getValueCount(); i++) {
      if (values.get(i) != wanted) {
        throw new AssertionError("wanted %s, found %s".formatted(wanted, values.get(i)));
      }
    }
    return stream.getRoot().getRowCount();
  }

  private static void drain(FlightStream stream) throws Exception {
    try (stream) {
      while (stream.next()) {
        assertThat(stream.getRoot().getRowCount()).isPositive();
      }
    }
  }

  private static void assertNotFound(StoreUnderTest tested, String json, String why) {
    assertThatThrownBy(() -> tested.client.getInfo(StoreUnderTest.command(json)))
        .isInstanceOfSatisfying(
            FlightRuntimeException.class,
            e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.NOT_FOUND))
        .hasMessageContaining(why);
    assertThatThrownBy(() -> tested.rows(json)).hasMessageContaining(why);
  }
}
