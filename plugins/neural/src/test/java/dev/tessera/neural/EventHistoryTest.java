package dev.tessera.neural;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.api.EventKind;
import dev.tessera.api.testkit.BuiltLog;
import dev.tessera.api.testkit.EventLogBuilder;
import dev.tessera.api.testkit.TestContext;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventHistoryTest {

  private static final List<EventKind> ORDER =
      List.of(EventKind.ADD_TO_CART, EventKind.PRODUCT_BUY, EventKind.PAGE_VISIT);

  private static EventLogBuilder shop() {
    return new EventLogBuilder()
        .event(EventKind.PAGE_VISIT, 7, 5, 50)
        .event(EventKind.PAGE_VISIT, 7, 20, 51)
        .event(EventKind.PAGE_VISIT, 7, 20, 50)
        .event(EventKind.PRODUCT_BUY, 7, 20, 1)
        .event(EventKind.ADD_TO_CART, 7, 20, 2)
        .event(EventKind.ADD_TO_CART, 7, 10, 1)
        .event(EventKind.REMOVE_FROM_CART, 7, 10, 1)
        .event(EventKind.PRODUCT_BUY, 8, 1, 1)
        .relevant(6);
  }

  private static List<String> read(EventHistory history, int client, int limit) {
    List<String> events = new ArrayList<>();
    int count = history.readLast(client, limit);
    for (int i = 0; i < count; i++) {
      events.add(history.kind(i).tableName() + history.item(i) + "@" + history.time(i));
    }
    return events;
  }

  @Test
  void mergesTablesByTimeAndTiesByTheOrderGiven() {
    try (TestContext context = new TestContext();
        BuiltLog built = shop().build(context.allocator())) {
      EventHistory history = new EventHistory(built.log(), ORDER);
      assertThat(read(history, 1, 100))
          .containsExactly(
              "page_visit0@5",
              "add_to_cart0@10",
              "add_to_cart1@20",
              "product_buy0@20",
              "page_visit1@20",
              "page_visit0@20");
      assertThat(read(history, 2, 100)).containsExactly("product_buy0@1");
      assertThat(read(history, 0, 100)).isEmpty();
    }
  }

  @Test
  void readsOnlyTheLastOnes() {
    try (TestContext context = new TestContext();
        BuiltLog built = shop().build(context.allocator())) {
      EventHistory history = new EventHistory(built.log(), ORDER);
      assertThat(read(history, 1, 3))
          .containsExactly("product_buy0@20", "page_visit1@20", "page_visit0@20");
    }
  }

  @Test
  void countsOnlyEventsThatTheFilterKeeps() {
    try (TestContext context = new TestContext();
        BuiltLog built = shop().build(context.allocator())) {
      EventHistory history =
          new EventHistory(
              built.log(), ORDER, (kind, item) -> kind != EventKind.PAGE_VISIT || item == 0);
      assertThat(read(history, 1, 3))
          .containsExactly("add_to_cart1@20", "product_buy0@20", "page_visit0@20");
    }
  }
}
