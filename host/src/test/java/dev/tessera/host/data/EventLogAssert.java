package dev.tessera.host.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.EventTable;
import dev.tessera.api.ProductTable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.arrow.vector.ValueVector;

/** Compares event logs value by value, and checks what every log promises. */
final class EventLogAssert {

  private EventLogAssert() {}

  static void assertEqual(EventLog found, EventLog wanted) {
    assertValues("client ids", found.clientIds(), wanted.clientIds());
    assertThat(found.relevantClients().toArray()).isEqualTo(wanted.relevantClients().toArray());
    for (EventKind kind : EventKind.values()) {
      EventTable table = found.events(kind);
      EventTable other = wanted.events(kind);
      assertValues(kind + " offsets", table.offsets(), other.offsets());
      assertValues(kind + " times", table.times(), other.times());
      assertValues(kind + " items", table.items(), other.items());
    }
    assertValues("urls", found.urlIds(), wanted.urlIds());
    assertValues("queries", found.queries(), wanted.queries());
    ProductTable products = found.products();
    assertValues("skus", products.skus(), wanted.products().skus());
    assertValues("known", products.known(), wanted.products().known());
    assertValues("categories", products.categories(), wanted.products().categories());
    assertValues("prices", products.prices(), wanted.products().prices());
    assertValues("names", products.names(), wanted.products().names());
    assertValues("category ids", products.categoryIds(), wanted.products().categoryIds());
    assertValues("price ids", products.priceIds(), wanted.products().priceIds());
  }

  /**
   * Ascending ids and offsets, times ascending within each client, codes within their vocabularies.
   */
  static void assertSorted(EventLog log) {
    for (int client = 1; client < log.clients(); client++) {
      assertThat(log.clientIds().get(client)).isGreaterThan(log.clientIds().get(client - 1));
    }
    for (EventKind kind : EventKind.values()) {
      EventTable table = log.events(kind);
      int codes =
          switch (kind.itemKind()) {
            case SKU -> log.products().size();
            case URL -> log.urlIds().getValueCount();
            case QUERY -> log.queries().getValueCount();
          };
      assertThat(table.start(0)).isZero();
      assertThat(table.end(log.clients() - 1)).isEqualTo(table.rows());
      for (int client = 0; client < log.clients(); client++) {
        for (int row = table.start(client); row < table.end(client); row++) {
          assertThat(table.item(row)).isBetween(0, codes - 1);
          assertThat(row == table.start(client) || table.time(row - 1) <= table.time(row)).isTrue();
        }
      }
    }
  }

  private static void assertValues(String what, ValueVector found, ValueVector wanted) {
    assertThat(values(found)).as(what).isEqualTo(values(wanted));
  }

  private static List<Object> values(ValueVector vector) {
    return IntStream.range(0, vector.getValueCount())
        .mapToObj(i -> vector.getObject(i))
        .map(value -> value instanceof byte[] bytes ? Arrays.toString(bytes) : value)
        .toList();
  }
}
