package dev.tessera.host.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tessera.api.EventKind;
import dev.tessera.api.Npy;
import dev.tessera.api.testkit.GoldenData;
import dev.tessera.host.arrow.HostMemory;
import dev.tessera.host.data.DataSource.Mode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import org.apache.arrow.vector.BigIntVector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores of the reference log and of real shops against figures that others computed. */
class EventStoreGoldenTest {

  @TempDir private Path workspace;
  private final HostMemory memory = HostMemory.withLimit(1L << 30);

  @AfterEach
  void nothingIsLeftInMemory() {
    memory.close();
  }

  private EventStore open(Path data) {
    return EventStore.open(
        new DataSource(data, Mode.SUBMIT), workspace, StoreOptions.of(memory.work()));
  }

  @Test
  void hasTheReferenceLogsRowsAndTimesAlsoOfTextTimestamps() throws IOException {
    JsonNode split =
        new ObjectMapper().readTree(GoldenData.golden("split/split.json").toFile()).get("input");
    try (EventStore store = open(GoldenData.golden("raw"))) {
      EventLogAssert.assertSorted(store.log());
      for (EventKind kind : EventKind.values()) {
        JsonNode wanted = split.get(kind.tableName());
        StoreSummary.Table found = store.summary().tables().get(kind.ordinal());
        assertThat(store.log().events(kind).rows()).isEqualTo(wanted.get("raw_rows").intValue());
        assertThat(found.first()).isEqualTo(iso(wanted.get("raw_min")));
        assertThat(found.last()).isEqualTo(iso(wanted.get("raw_max")));
      }
      assertThat(store.warnings()).isEmpty();
    }
  }

  @Test
  void hasTheReferenceLogsEventsBeforeTheSplit() throws IOException {
    JsonNode split = new ObjectMapper().readTree(GoldenData.golden("split/split.json").toFile());
    long start = micros(split.get("train_target_start"));
    try (EventStore store = open(GoldenData.golden("raw"))) {
      for (EventKind kind : EventKind.values()) {
        int rows = 0;
        int clients = 0;
        for (int client = 0; client < store.log().clients(); client++) {
          int before = rows;
          for (int row = store.log().events(kind).start(client);
              row < store.log().events(kind).end(client);
              row++) {
            rows += store.log().events(kind).time(row) < start ? 1 : 0;
          }
          clients += rows > before ? 1 : 0;
        }
        JsonNode wanted = split.get("input").get(kind.tableName());
        assertThat(rows).isEqualTo(wanted.get("rows").intValue());
        assertThat(clients).isEqualTo(wanted.get("clients").intValue());
      }
    }
  }

  @Test
  void hasTheReferenceLogsClientsAndUrls() {
    long[] relevant = Npy.readLongs(GoldenData.golden("raw/input/relevant_clients.npy"));
    long[] urls = Npy.readLongs(GoldenData.golden("als/visit_url/item_ids.npy"));
    Arrays.sort(relevant);
    try (EventStore store = open(GoldenData.golden("raw"))) {
      assertThat(store.log().relevantClients().toArray()).isEqualTo(relevant);
      assertThat(store.summary().clients().relevantWithEvents()).isEqualTo(1_939);
      assertThat(store.log().products().size()).isEqualTo(1_500);
      for (long url : urls) {
        assertThat(contains(store.log().urlIds(), url)).isTrue();
      }
    }
  }

  @Test
  void readsARealShopWithThreeEmptyTables() {
    try (EventStore store = open(GoldenData.data("online-retail"))) {
      EventLogAssert.assertSorted(store.log());
      assertTable(store, EventKind.PRODUCT_BUY, 386_250, 4_334, 3_659);
      assertTable(store, EventKind.REMOVE_FROM_CART, 8_475, 1_534, 1_915);
      assertTable(store, EventKind.PAGE_VISIT, 0, 0, 0);
      assertThat(store.log().clients()).isEqualTo(4_362);
      assertThat(store.log().products().size()).isEqualTo(3_676);
      assertThat(store.summary().products().unknownSkus()).isZero();
    }
  }

  @Test
  void readsARealShopWithFourKindsOfEvents() {
    try (EventStore store = open(GoldenData.data("retailrocket"))) {
      EventLogAssert.assertSorted(store.log());
      assertTable(store, EventKind.PRODUCT_BUY, 6_638, 1_536, 5_057);
      assertTable(store, EventKind.ADD_TO_CART, 8_743, 1_484, 6_460);
      assertTable(store, EventKind.PAGE_VISIT, 54_351, 1_552, 23_693);
      assertThat(store.log().clients()).isEqualTo(1_607);
    }
  }

  private static void assertTable(
      EventStore store, EventKind kind, int rows, int clients, int items) {
    StoreSummary.Table table = store.summary().tables().get(kind.ordinal());
    assertThat(table.rows()).isEqualTo(rows);
    assertThat(table.clients()).isEqualTo(clients);
    assertThat(table.distinctItems()).isEqualTo(items);
  }

  private static boolean contains(BigIntVector ids, long id) {
    for (int i = 0; i < ids.getValueCount(); i++) {
      if (ids.get(i) == id) {
        return true;
      }
    }
    return false;
  }

  private static String iso(JsonNode time) {
    return time.textValue().replace(' ', 'T') + "Z";
  }

  private static long micros(JsonNode time) {
    LocalDateTime local = LocalDateTime.parse(time.textValue().replace(' ', 'T'));
    return local.toEpochSecond(ZoneOffset.UTC) * 1_000_000;
  }
}
