package dev.tessera.host.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.EventTable;
import dev.tessera.api.ProductTable;
import dev.tessera.host.data.DataSource.Mode;
import dev.tessera.host.progress.ProgressDisplay;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log of a batch against the store of the same events. */
class MemoryLogTest {

  private static final EventBatch.Limits LIMITS = new EventBatch.Limits(10_000, 1_000);
  private static final long[] CLIENTS = {12, -4, Long.MAX_VALUE, 7, 0, Long.MIN_VALUE, 900};

  @TempDir private Path folder;

  private final RootAllocator allocator = new RootAllocator();

  @AfterEach
  void failOnBytesLeft() {
    allocator.close();
  }

  @Test
  void holdsWhatAStoreOfTheSameEventsHolds() {
    EventsFixture events = EventsFixture.random(3_000, 7, CLIENTS);
    events.write(folder);
    EventsFixture.writeProducts(folder);
    ProductIndex products =
        ProductIndex.read(folder.resolve("product_properties.parquet"), allocator);
    StoreOptions options = new StoreOptions(allocator, 2, ProgressDisplay.silent(), () -> false);
    try (EventStore store =
            EventStore.open(
                new DataSource(folder, Mode.SUBMIT), folder.resolve("workspace"), options);
        VectorSchemaRoot batch = events.batch(allocator);
        MemoryLog memory = MemoryLog.of(EventBatch.read(batch, LIMITS), products, allocator)) {
      EventLogAssert.assertSorted(memory.log());
      assertThat(told(memory.log())).hasSize(3_000).isEqualTo(told(store.log()));
      assertThat(memory.log().relevantClients().toArray())
          .isEqualTo(ClientSelection.of(CLIENTS).toArray());
      assertThat(products.size()).isEqualTo(35);
    }
  }

  @Test
  void needsNoProductFileAndNoItemColumnThatNoKindNeeds() {
    ProductIndex none = ProductIndex.read(folder.resolve("missing.parquet"), allocator);
    try (VectorSchemaRoot batch =
            ParquetFixture.root(
                allocator,
                List.of(
                    ParquetFixture.column("client_id", ParquetFixture.INT64, 5L, 3L, 5L),
                    ParquetFixture.column(
                        "kind", ParquetFixture.TEXT, "page_visit", "page_visit", "page_visit"),
                    ParquetFixture.column("url", ParquetFixture.INT64, 9L, 8L, 8L),
                    ParquetFixture.column(
                        "timestamp",
                        ParquetFixture.TEXT,
                        "2022-06-23 00:00:02",
                        "2022-06-23 00:00:01",
                        "2022-06-23 00:00:01")));
        MemoryLog memory = MemoryLog.of(EventBatch.read(batch, LIMITS), none, allocator)) {
      EventTable visits = memory.log().events(EventKind.PAGE_VISIT);
      assertThat(memory.log().clients()).isEqualTo(2);
      assertThat(List.of(visits.item(0), visits.item(1), visits.item(2))).containsExactly(0, 0, 1);
      assertThat(visits.time(2) - visits.time(1)).isEqualTo(1_000_000);
      assertThat(memory.log().products().size()).isZero();
    }
  }

  @Test
  void readsTimestampsOfEveryUnit() {
    for (org.apache.arrow.vector.types.TimeUnit unit :
        org.apache.arrow.vector.types.TimeUnit.values()) {
      long[] perSecond = {1, 1_000, 1_000_000, 1_000_000_000};
      try (BufferAllocator child = allocator.newChildAllocator("unit", 0, Long.MAX_VALUE);
          VectorSchemaRoot batch =
              ParquetFixture.root(
                  child,
                  List.of(
                      ParquetFixture.column("client_id", ParquetFixture.INT64, 5L),
                      ParquetFixture.column(
                          "timestamp",
                          new org.apache.arrow.vector.types.pojo.ArrowType.Timestamp(unit, null),
                          1_656_000_000L * perSecond[unit.ordinal()]),
                      ParquetFixture.column("kind", ParquetFixture.TEXT, "page_visit"),
                      ParquetFixture.column("url", ParquetFixture.INT64, 9L)))) {
        assertThat(EventBatch.read(batch, LIMITS).micros(0)).isEqualTo(1_656_000_000_000_000L);
      }
    }
  }

  /** Every event with all that is known of it, by original ids, in the log's order. */
  private static List<String> told(EventLog log) {
    List<String> told = new ArrayList<>();
    for (EventKind kind : EventKind.values()) {
      EventTable table = log.events(kind);
      for (int client = 0; client < log.clients(); client++) {
        for (int row = table.start(client); row < table.end(client); row++) {
          told.add(
              "%s %d %d %s"
                  .formatted(
                      kind,
                      log.clientIds().get(client),
                      table.time(row),
                      item(log, kind, table.item(row))));
        }
      }
    }
    return told;
  }

  private static String item(EventLog log, EventKind kind, int item) {
    ProductTable products = log.products();
    return switch (kind.itemKind()) {
      case URL -> "url " + log.urlIds().get(item);
      case QUERY -> Arrays.toString(log.queries().get(item));
      case SKU ->
          "%d %s %s %s %s"
              .formatted(
                  products.skus().get(item),
                  products.isKnown(item),
                  products.category(item) < 0
                      ? "none"
                      : products.categoryIds().get(products.category(item)),
                  products.price(item) < 0 ? "none" : products.priceIds().get(products.price(item)),
                  Arrays.toString(products.names().get(item)));
    };
  }
}
