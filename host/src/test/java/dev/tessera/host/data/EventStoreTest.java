package dev.tessera.host.data;

import static dev.tessera.host.data.ParquetFixture.DATE;
import static dev.tessera.host.data.ParquetFixture.INT32;
import static dev.tessera.host.data.ParquetFixture.INT64;
import static dev.tessera.host.data.ParquetFixture.MICROS;
import static dev.tessera.host.data.ParquetFixture.TEXT;
import static dev.tessera.host.data.ParquetFixture.column;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.api.EventKind;
import dev.tessera.api.EventTable;
import dev.tessera.api.testkit.BuiltLog;
import dev.tessera.api.testkit.EventLogBuilder;
import dev.tessera.host.arrow.HostMemory;
import dev.tessera.host.data.DataSource.Mode;
import dev.tessera.host.progress.ProgressDisplay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventStoreTest {

  private static final long SECOND = 1_000_000L;

  @TempDir private Path temp;
  private final HostMemory memory = HostMemory.withLimit(1L << 30);

  @AfterEach
  void nothingIsLeftInMemory() {
    memory.close();
  }

  private EventStore open(Path data, Mode mode, Path workspace, int threads) {
    return EventStore.open(
        new DataSource(data, mode),
        workspace,
        new StoreOptions(memory.work(), threads, ProgressDisplay.silent(), () -> false));
  }

  private EventStore open(Path data) {
    return open(data, Mode.SUBMIT, temp.resolve("workspace"), 2);
  }

  @Test
  void agreesWithPlainCollectionsOnARandomShop() {
    EventLogBuilder oracle = ShopFixture.random(temp.resolve("shop"), 3_000, 1);
    try (EventStore store = open(temp.resolve("shop"));
        BuiltLog wanted = oracle.build(memory.work())) {
      EventLogAssert.assertEqual(store.log(), wanted.log());
      assertThat(store.warnings()).isEmpty();
    }
  }

  @Test
  void givesTheSameBytesForAnyNumberOfThreads() throws IOException {
    ShopFixture.random(temp.resolve("shop"), 5_000, 2);
    Map<String, byte[]> one;
    try (EventStore store = open(temp.resolve("shop"), Mode.SUBMIT, temp.resolve("one"), 1)) {
      one = contents(store.directory());
    }
    try (EventStore store = open(temp.resolve("shop"), Mode.SUBMIT, temp.resolve("four"), 4)) {
      assertThat(contents(store.directory())).containsExactlyEntriesOf(one);
    }
  }

  @Test
  void readsEveryKindOfTimestampAsUtcMicroseconds() {
    long seconds = 1_660_000_123L;
    Path data = temp.resolve("shop");
    writeBuy(data, new ArrowType.Timestamp(TimeUnit.MILLISECOND, null), seconds * 1_000 + 456);
    write(data, EventKind.ADD_TO_CART, new ArrowType.Timestamp(TimeUnit.NANOSECOND, "UTC"), -1L);
    write(data, EventKind.REMOVE_FROM_CART, DATE, 3L);
    write(data, EventKind.PAGE_VISIT, TEXT, "2022-08-08T23:08:43.25");
    try (EventStore store = open(data)) {
      assertThat(firstTime(store, EventKind.PRODUCT_BUY)).isEqualTo(seconds * SECOND + 456_000);
      assertThat(firstTime(store, EventKind.ADD_TO_CART)).isEqualTo(-1);
      assertThat(firstTime(store, EventKind.REMOVE_FROM_CART)).isEqualTo(3 * 86_400 * SECOND);
      assertThat(firstTime(store, EventKind.PAGE_VISIT)).isEqualTo(seconds * SECOND + SECOND / 4);
    }
  }

  @Test
  void takes32BitIds() {
    Path data = temp.resolve("shop");
    ParquetFixture.write(
        data.resolve("product_buy.parquet"),
        column("client_id", INT32, -7L, 5L),
        column("timestamp", MICROS, 1L, 2L),
        column("sku", INT32, 70L, -1L));
    try (EventStore store = open(data)) {
      assertThat(store.log().clientIds().get(0)).isEqualTo(-7);
      assertThat(store.log().products().skus().get(0)).isEqualTo(-1);
    }
  }

  @Test
  void dropsRowsWithNullsAndCountsThem() {
    Path data = temp.resolve("shop");
    ParquetFixture.write(
        data.resolve("product_buy.parquet"),
        column("client_id", INT64, 1L, null, 3L, 4L, 5L),
        column(
            "timestamp",
            TEXT,
            "2022-06-23 00:00:00",
            "2022-06-23 00:00:00",
            null,
            null,
            "2022-06-23 00:00:01"),
        column("sku", INT64, 10L, 20L, 30L, 40L, null));
    try (EventStore store = open(data)) {
      StoreSummary.Table buys = store.summary().tables().get(0);
      assertThat(store.log().clients()).isEqualTo(1);
      assertThat(store.log().products().size()).isEqualTo(1);
      assertThat(buys.rows()).isEqualTo(1);
      assertThat(buys.droppedRows()).isEqualTo(4);
      assertThat(buys.nulls()).isEqualTo(Map.of("client_id", 1L, "timestamp", 2L, "sku", 1L));
      assertThat(store.warnings())
          .anyMatch(line -> line.contains("product_buy.parquet: left out 4 rows with nulls"));
    }
  }

  @Test
  void takesMissingTablesToBeEmptyAndWarns() {
    Path data = temp.resolve("shop");
    ShopFixture.minimal(data);
    try (EventStore store = open(data)) {
      assertThat(store.log().events(EventKind.PAGE_VISIT).rows()).isZero();
      assertThat(store.log().events(EventKind.PRODUCT_BUY).rows()).isEqualTo(1);
      assertThat(store.log().relevantClients().toArray()).containsExactly(7);
      assertThat(store.summary().products().unknownSkus()).isEqualTo(1);
      assertThat(store.summary().tables().get(0).unknownRows()).isEqualTo(1);
      assertThat(store.warnings())
          .hasSize(6)
          .anyMatch(line -> line.contains("page_visit.parquet: no such file"))
          .anyMatch(line -> line.contains("all skus count as unknown"))
          .anyMatch(line -> line.contains("all clients with events are relevant"));
    }
  }

  @Test
  void readsTheInputFolderInLocalModeAndProductsFromTheTop() {
    Path data = temp.resolve("shop");
    EventLogBuilder all = ShopFixture.random(data, 200, 3);
    ShopFixture.minimal(data.resolve("input"));
    try (EventStore local = open(data, Mode.LOCAL, temp.resolve("workspace"), 2);
        EventStore submit = open(data);
        BuiltLog wanted = all.build(memory.work())) {
      assertThat(local.log().events(EventKind.PRODUCT_BUY).rows()).isEqualTo(1);
      assertThat(local.summary().products().rows()).isEqualTo(35);
      assertThat(local.log().relevantClients().size()).isEqualTo(7);
      EventLogAssert.assertEqual(submit.log(), wanted.log());
    }
  }

  @Test
  void buildsOnceAndAgainOnlyWhenTheSourceChanges() throws IOException {
    Path data = temp.resolve("shop");
    ShopFixture.minimal(data);
    String first;
    FileTime built;
    try (EventStore store = open(data)) {
      first = store.fingerprint();
      built = Files.getLastModifiedTime(store.directory().resolve("store.json"));
    }
    try (EventStore store = open(data)) {
      assertThat(store.fingerprint()).isEqualTo(first);
      assertThat(Files.getLastModifiedTime(store.directory().resolve("store.json")))
          .isEqualTo(built);
      assertThat(store.warnings()).hasSize(6);
    }
    ShopFixture.relevant(data, 7, 8);
    try (EventStore store = open(data)) {
      assertThat(store.fingerprint()).isNotEqualTo(first);
      assertThat(store.log().clients()).isEqualTo(2);
    }
  }

  @Test
  void keepsTheFingerprintWhenTheFolderMoves() throws IOException {
    ShopFixture.minimal(temp.resolve("here"));
    String before = SourceFingerprint.of(new DataSource(temp.resolve("here"), Mode.SUBMIT)).value();
    Files.move(temp.resolve("here"), temp.resolve("there"));
    String after = SourceFingerprint.of(new DataSource(temp.resolve("there"), Mode.SUBMIT)).value();
    assertThat(after).isEqualTo(before);
  }

  @Test
  void buildsADamagedStoreAnew() throws IOException {
    Path data = temp.resolve("shop");
    ShopFixture.minimal(data);
    Path table;
    try (EventStore store = open(data)) {
      table = store.directory().resolve("product_buy.arrow");
    }
    Files.write(table, new byte[10]);
    try (EventStore store = open(data)) {
      assertThat(store.log().events(EventKind.PRODUCT_BUY).rows()).isEqualTo(1);
    }
  }

  private static long firstTime(EventStore store, EventKind kind) {
    EventTable table = store.log().events(kind);
    return table.time(0);
  }

  private static void writeBuy(Path data, ArrowType type, Object time) {
    write(data, EventKind.PRODUCT_BUY, type, time);
  }

  private static void write(Path data, EventKind kind, ArrowType type, Object time) {
    ParquetFixture.write(
        data.resolve(kind.tableName() + ".parquet"),
        column("client_id", INT64, 7L),
        column("timestamp", type, time),
        column(EventColumns.itemColumn(kind), INT64, 70L));
  }

  /** Every file's bytes; {@code store.json} too. */
  static Map<String, byte[]> contents(Path folder) throws IOException {
    Map<String, byte[]> contents = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        contents.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return contents;
  }
}
