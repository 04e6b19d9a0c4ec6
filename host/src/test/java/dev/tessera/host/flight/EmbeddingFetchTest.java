package dev.tessera.host.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.Npy;
import dev.tessera.api.PluginException;
import dev.tessera.api.testkit.ChildJvm;
import dev.tessera.client.EmbeddingFlightClient;
import dev.tessera.client.EmbeddingInfo;
import dev.tessera.client.EmbeddingRequest;
import dev.tessera.client.EmbeddingRows;
import dev.tessera.client.ServerAddress;
import dev.tessera.host.fetch.EmbeddingFetch;
import dev.tessera.host.fetch.FetchEffort;
import dev.tessera.host.progress.ProgressDisplay;
import dev.tessera.host.progress.WatchingDisplay;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.arrow.dataset.file.FileFormat;
import org.apache.arrow.dataset.file.FileSystemDatasetFactory;
import org.apache.arrow.dataset.jni.NativeMemoryPool;
import org.apache.arrow.dataset.scanner.ScanOptions;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.BaseRepeatedValueVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddingFetchTest {

  private static final int ROWS = 5_000;
  private static final int LARGE = 80_000;
  private static final int DIMENSION = 32;
  private static final FetchEffort PATIENT = new FetchEffort(5, 2, Duration.ofMillis(200));

  /** Outlasts the start of a JVM on a busy machine. */
  private static final FetchEffort STUBBORN = new FetchEffort(8, 2, Duration.ofMillis(200));

  private static final long[] SOME = {9, 1, 9, 0};

  @TempDir Path folder;

  @Test
  void npyHoldsTheRowsAndTheIdsBesideThemWithNanForUnknownClients() throws IOException {
    try (ServerUnderTest tested = new ServerUnderTest(ROWS, DIMENSION)) {
      Path all = folder.resolve("all.npy");
      EmbeddingFetch.Result whole =
          fetch(tested).fetch(EmbeddingRequest.whole("profile"), Optional.empty(), all);
      assertThat(whole).isEqualTo(new EmbeddingFetch.Result(ROWS, 0));
      assertThat(Npy.header(all).shape()).containsExactly(ROWS, DIMENSION);
      assertThat(Npy.readLongs(folder.resolve("all_client_ids.npy")))
          .containsExactly(LongStream.range(0, ROWS).map(i -> 3 * i).toArray());
      float[] last = new float[DIMENSION];
      System.arraycopy(Npy.readFloats(all), (ROWS - 1) * DIMENSION, last, 0, DIMENSION);
      assertThat(last).isEqualTo(tested.vector(3L * (ROWS - 1)));

      Path some = folder.resolve("some.npy");
      EmbeddingFetch.Result part =
          fetch(tested).fetch(EmbeddingRequest.whole("profile"), Optional.of(SOME), some);
      assertThat(part).isEqualTo(new EmbeddingFetch.Result(4, 1));
      assertThat(Npy.readLongs(folder.resolve("some_client_ids.npy"))).containsExactly(SOME);
      float[] values = Npy.readFloats(some);
      for (int column = 0; column < DIMENSION; column++) {
        assertThat(values[column]).isEqualTo(tested.vector(9)[column]);
        assertThat(values[DIMENSION + column]).isNaN();
      }
    }
    assertThat(names()).doesNotContain("all.npy.tmp", "some.npy.tmp").hasSize(4);
  }

  @Test
  void arrowHoldsNullForUnknownClientsAndTheServersMetadata() throws IOException {
    Path file = folder.resolve("some.arrow");
    try (ServerUnderTest tested = new ServerUnderTest(ROWS, DIMENSION)) {
      fetch(tested).fetch(EmbeddingRequest.whole("profile"), Optional.of(SOME), file);
      try (ArrowFileReader reader =
          new ArrowFileReader(FileChannel.open(file), tested.clientMemory)) {
        assertThat(reader.loadNextBatch()).isTrue();
        VectorSchemaRoot root = reader.getVectorSchemaRoot();
        assertThat(root.getSchema().getCustomMetadata()).containsEntry("run", "r1");
        EmbeddingRows rows = EmbeddingRows.of(root);
        float[] vector = new float[DIMENSION];
        rows.copyVector(2, vector);
        assertThat(vector).isEqualTo(tested.vector(9));
        assertThat(rows.isUnknown(1)).isTrue();
        assertThat(rows.unknown()).isEqualTo(1);
        assertThat(reader.loadNextBatch()).isFalse();
      }
    }
  }

  @Test
  void parquetHoldsAFixedSizeListOfAllClientsAndNullForUnknownOnes() throws Exception {
    Path all = folder.resolve("all.parquet");
    Path some = folder.resolve("some.parquet");
    try (ServerUnderTest tested = new ServerUnderTest(ROWS, DIMENSION)) {
      fetch(tested).fetch(EmbeddingRequest.whole("profile"), Optional.empty(), all);
      fetch(tested).fetch(EmbeddingRequest.whole("profile"), Optional.of(SOME), some);
      readParquet(
          all,
          root -> {
            assertThat(root.getRowCount()).isEqualTo(ROWS);
            assertThat(root.getVector("embedding")).isInstanceOf(FixedSizeListVector.class);
            EmbeddingRows rows = EmbeddingRows.of(root);
            float[] vector = new float[DIMENSION];
            rows.copyVector(3, vector);
            assertThat(vector).isEqualTo(tested.vector(9));
          });
      readParquet(
          some,
          root -> {
            assertThat(((BigIntVector) root.getVector("client_id")).get(1)).isEqualTo(1);
            BaseRepeatedValueVector lists = (BaseRepeatedValueVector) root.getVector("embedding");
            assertThat(lists.getNullCount()).isEqualTo(1);
            assertThat(lists.isNull(1)).isTrue();
            assertThat((List<?>) lists.getObject(3)).first().isEqualTo(tested.vector(0)[0]);
          });
    }
  }

  @Test
  void aServerKilledInMidFetchLeavesNothingThatLooksWhole() throws Exception {
    for (String name : List.of("cut.npy", "cut.arrow", "cut.parquet")) {
      Process process = startServer(400_000, 0);
      try (RootAllocator memory = new RootAllocator();
          EmbeddingFlightClient client = new EmbeddingFlightClient(address(process), memory)) {
        ProgressDisplay killing = new WatchingDisplay(rows -> killAndWait(process));
        assertThatThrownBy(
                () ->
                    new EmbeddingFetch(client, memory, killing, FetchEffort.ONCE)
                        .fetch(
                            EmbeddingRequest.whole("profile"),
                            Optional.empty(),
                            folder.resolve(name)))
            .isInstanceOfSatisfying(
                PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IO))
            .hasMessageMatching("the stream from grpc://.* was cut after [0-9]+ of 400000 rows.*");
      } finally {
        process.destroyForcibly();
      }
    }
    assertThat(names()).isEmpty();
  }

  @Test
  void aServerThatIsStoppedAndStartedAgainInMidFetchCostsNoRowAndDoublesNone() throws Exception {
    Process first = startServer(LARGE, 0);
    List<Process> running = new CopyOnWriteArrayList<>(List.of(first));
    ServerAddress address = address(first);
    AtomicInteger advances = new AtomicInteger();
    AtomicLong counted = new AtomicLong();
    try (RootAllocator memory = new RootAllocator();
        EmbeddingFlightClient client = new EmbeddingFlightClient(address, memory)) {
      assertThat(client.info("profile").parts()).hasSizeGreaterThan(2);
      ProgressDisplay restarting =
          new WatchingDisplay(
              rows -> {
                counted.addAndGet(rows);
                if (advances.incrementAndGet() == 20) {
                  killAndWait(first);
                  running.add(startServer(LARGE, address.port()));
                }
              });
      Path file = folder.resolve("all.npy");
      assertThat(
              new EmbeddingFetch(client, memory, restarting, STUBBORN)
                  .fetch(EmbeddingRequest.whole("profile"), Optional.empty(), file))
          .isEqualTo(new EmbeddingFetch.Result(LARGE, 0));
      assertThat(counted).hasValue(LARGE);
      assertThat(running).hasSize(2);
      assertSameAsOneStream(client, file);
    } finally {
      running.forEach(Process::destroyForcibly);
    }
    assertThat(names()).containsExactlyInAnyOrder("all.npy", "all_client_ids.npy");
  }

  @Test
  void largeFilesOfAllKindsHaveTheSameRowsAndAreWrittenOnce() throws Exception {
    Process process = startServer(LARGE, 0);
    try (RootAllocator memory = new RootAllocator();
        EmbeddingFlightClient client = new EmbeddingFlightClient(address(process), memory)) {
      List<String> whileFetched = new CopyOnWriteArrayList<>();
      ProgressDisplay looking = new WatchingDisplay(rows -> whileFetched.addAll(namesNow()));
      for (String name : List.of("all.npy", "all.arrow", "all.parquet")) {
        new EmbeddingFetch(client, memory, looking, PATIENT)
            .fetch(EmbeddingRequest.whole("profile"), Optional.empty(), folder.resolve(name));
      }
      assertThat(Set.copyOf(whileFetched))
          .containsExactlyInAnyOrder(
              "all.npy.tmp",
              "all_client_ids.npy.tmp",
              "all.npy",
              "all_client_ids.npy",
              "all.arrow.tmp",
              "all.arrow",
              "all.parquet.tmp");
      for (String name : List.of("all.npy", "all.arrow", "all.parquet")) {
        assertSameAsOneStream(client, folder.resolve(name));
      }
    } finally {
      process.destroyForcibly();
    }
    assertThat(names())
        .containsExactlyInAnyOrder("all.npy", "all_client_ids.npy", "all.arrow", "all.parquet");
  }

  private List<String> namesNow() {
    try {
      return names();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aCutPartGoesOnWhereItWasCut() throws Exception {
    Process process = startServer(LARGE, 0);
    try (UnreliableWire wire = new UnreliableWire(address(process).port());
        RootAllocator memory = new RootAllocator();
        EmbeddingFlightClient client =
            new EmbeddingFlightClient(
                new ServerAddress(ServerUnderTest.HOST, wire.port()), memory)) {
      for (String name : List.of("all.npy", "all.arrow", "all.parquet")) {
        AtomicInteger advances = new AtomicInteger();
        AtomicLong counted = new AtomicLong();
        WatchingDisplay tearing =
            new WatchingDisplay(
                rows -> {
                  counted.addAndGet(rows);
                  if (advances.incrementAndGet() % 30 == 10 && advances.get() < 100) {
                    tear(wire);
                  }
                });
        Path file = folder.resolve(name);
        new EmbeddingFetch(client, memory, tearing, PATIENT)
            .fetch(EmbeddingRequest.whole("profile"), Optional.empty(), file);
        assertThat(tearing.lines()).as(name).anyMatch(line -> line.contains("trying again"));
        assertThat(counted).as("no row is read twice").hasValue(LARGE);
        assertSameAsOneStream(client, file);
      }
    } finally {
      process.destroyForcibly();
    }
    assertThat(names())
        .containsExactlyInAnyOrder("all.npy", "all_client_ids.npy", "all.arrow", "all.parquet");
  }

  @Test
  void whatWillNotPassIsNotTriedAgain() {
    List<String> notices = new CopyOnWriteArrayList<>();
    try (ServerUnderTest tested = new ServerUnderTest(ROWS, DIMENSION)) {
      assertThatThrownBy(
              () ->
                  fetch(tested)
                      .fetch(
                          EmbeddingRequest.whole("nobody"),
                          Optional.empty(),
                          folder.resolve("x.npy")))
          .satisfies(
              e -> assertThat(EmbeddingFlightClient.isPassing((PluginException) e)).isFalse())
          .satisfies(
              e ->
                  assertThatThrownBy(
                          () ->
                              PATIENT.run(
                                  () -> {
                                    throw (PluginException) e;
                                  },
                                  notices::add))
                      .isSameAs(e));
    }
    assertThat(notices).isEmpty();
  }

  @Test
  @SuppressWarnings("try") // an interrupt while the server is closed would fail the test, rightly
  void aPublishedVersionIsFetchedByItsNumberOrItsTime() throws Exception {
    try (StoreUnderTest tested = new StoreUnderTest(folder);
        RootAllocator memory = new RootAllocator();
        EmbeddingFlightClient client =
            new EmbeddingFlightClient(
                new ServerAddress(ServerUnderTest.HOST, tested.server.port()), memory)) {
      Instant first = tested.publish(10, 1, 1f).published();
      Thread.sleep(5); // times are kept in milliseconds
      tested.publish(10, 1, 2f);
      EmbeddingFetch fetch =
          new EmbeddingFetch(client, memory, ProgressDisplay.silent(), FetchEffort.ONCE);
      EmbeddingRequest newest = EmbeddingRequest.whole("profiles");
      Path file = folder.resolve("profiles.npy");
      Map<EmbeddingRequest, Float> wanted =
          Map.of(newest, 2f, newest.version(1), 1f, newest.asOf(first), 1f);
      wanted.forEach(
          (request, value) -> {
            for (Optional<long[]> clients :
                List.of(Optional.<long[]>empty(), Optional.of(new long[] {0}))) {
              fetch.fetch(request, clients, file);
              assertThat(Npy.readFloats(file)).containsOnly(value);
            }
          });
    }
  }

  private static void assertSameAsOneStream(EmbeddingFlightClient client, Path file)
      throws Exception {
    EmbeddingInfo info = client.info("profile");
    int count = Math.toIntExact(info.rows());
    long[] ids = new long[count];
    float[] values = new float[count * info.dimension()];
    if (file.toString().endsWith(".npy")) {
      ids = Npy.readLongs(Path.of(file.toString().replace(".npy", "_client_ids.npy")));
      values = Npy.readFloats(file);
    } else {
      FileFormat format =
          file.toString().endsWith(".arrow") ? FileFormat.ARROW_IPC : FileFormat.PARQUET;
      assertThat(readRows(file, format, ids, values)).isEqualTo(count);
    }
    assertSameAsOneStream(client, info, ids, values);
  }

  /** Fills the arrays and returns how many rows the file has. */
  private static int readRows(Path file, FileFormat format, long[] ids, float[] values)
      throws Exception {
    int next = 0;
    try (RootAllocator memory = new RootAllocator();
        FileSystemDatasetFactory factory =
            new FileSystemDatasetFactory(
                memory, NativeMemoryPool.getDefault(), format, file.toUri().toString());
        var dataset = factory.finish();
        var scanner = dataset.newScan(new ScanOptions(100_000));
        ArrowReader reader = scanner.scanBatches()) {
      while (reader.loadNextBatch()) {
        EmbeddingRows rows = EmbeddingRows.of(reader.getVectorSchemaRoot());
        float[] vector = new float[values.length / ids.length];
        for (int row = 0; row < rows.size(); row++, next++) {
          ids[next] = rows.clientId(row);
          rows.copyVector(row, vector);
          System.arraycopy(vector, 0, values, next * vector.length, vector.length);
        }
      }
    }
    return next;
  }

  private static void assertSameAsOneStream(
      EmbeddingFlightClient client, EmbeddingInfo info, long[] ids, float[] values) {
    float[] vector = new float[info.dimension()];
    int[] next = {0};
    client.readAll(
        info,
        rows -> {
          for (int row = 0; row < rows.size(); row++, next[0]++) {
            rows.copyVector(row, vector);
            int first = next[0] * vector.length;
            if (ids[next[0]] != rows.clientId(row)
                || !Arrays.equals(values, first, first + vector.length, vector, 0, vector.length)) {
              throw new AssertionError("row " + next[0] + " differs");
            }
          }
        });
    assertThat(next[0]).isEqualTo(ids.length);
  }

  private static void tear(UnreliableWire wire) {
    try {
      wire.tear();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aFileThatWasThereBeforeAFailedFetchIsLeftAsItWas() throws Exception {
    Path file = folder.resolve("old.npy");
    Files.writeString(file, "old");
    Process process = startServer(400_000, 0);
    try (RootAllocator memory = new RootAllocator();
        EmbeddingFlightClient client = new EmbeddingFlightClient(address(process), memory)) {
      ProgressDisplay killing = new WatchingDisplay(rows -> killAndWait(process));
      assertThatThrownBy(
              () ->
                  new EmbeddingFetch(client, memory, killing, FetchEffort.ONCE)
                      .fetch(EmbeddingRequest.whole("profile"), Optional.empty(), file))
          .isInstanceOf(PluginException.class);
    } finally {
      process.destroyForcibly();
    }
    assertThat(file).hasContent("old");
    assertThat(names()).containsExactly("old.npy");
  }

  @Test
  void aNameThatSaysNoFormatAndAFolderThatIsNotThereAreRefused() throws IOException {
    try (ServerUnderTest tested = new ServerUnderTest(ROWS, DIMENSION)) {
      assertThatThrownBy(
              () ->
                  fetch(tested)
                      .fetch(
                          EmbeddingRequest.whole("profile"),
                          Optional.empty(),
                          folder.resolve("x.csv")))
          .hasMessageContaining("ends with .npy, .parquet or .arrow");
      assertThatThrownBy(
              () ->
                  fetch(tested)
                      .fetch(
                          EmbeddingRequest.whole("profile"),
                          Optional.empty(),
                          folder.resolve("no/x.npy")))
          .hasMessageContaining("no folder");
    }
    assertThat(names()).isEmpty();
  }

  private EmbeddingFetch fetch(ServerUnderTest tested) {
    return new EmbeddingFetch(
        tested.client, tested.clientMemory, ProgressDisplay.silent(), PATIENT);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private static Process startServer(int rows, int port) {
    try {
      return ChildJvm.of(
              List.of("-Xmx1g"), ServerProcess.class, String.valueOf(rows), String.valueOf(port))
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ServerAddress address(Process process) throws IOException {
    BufferedReader lines = process.inputReader();
    return new ServerAddress(ServerUnderTest.HOST, Integer.parseInt(lines.readLine()));
  }

  private static void killAndWait(Process process) {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private interface RootCheck {
    void accept(VectorSchemaRoot root);
  }

  private static void readParquet(Path file, RootCheck check) throws Exception {
    try (RootAllocator memory = new RootAllocator();
        FileSystemDatasetFactory factory =
            new FileSystemDatasetFactory(
                memory,
                NativeMemoryPool.getDefault(),
                FileFormat.PARQUET,
                file.toUri().toString());
        var dataset = factory.finish();
        var scanner = dataset.newScan(new ScanOptions(100_000));
        ArrowReader reader = scanner.scanBatches()) {
      assertThat(reader.loadNextBatch()).isTrue();
      check.accept(reader.getVectorSchemaRoot());
    }
  }
}
