package dev.tessera.host.data;

import dev.tessera.api.EventKind;
import dev.tessera.api.EventKind.ItemKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongPredicate;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Events that can be had as one Arrow batch, as a live client sends them, and as Parquet files. */
public final class EventsFixture {

  private static final long START_MICROS = 1_656_000_000_000_000L;

  /**
   * An event.
   *
   * @param item a Long, or the text of a query
   */
  private record Event(EventKind kind, long client, long micros, Object item) {}

  private final List<Event> events = new ArrayList<>();

  /** Adds an event; {@code item} is a sku or url. */
  public EventsFixture add(EventKind kind, long client, long micros, long item) {
    events.add(new Event(kind, client, micros, item));
    return this;
  }

  /** Adds a search. */
  public EventsFixture search(long client, long micros, byte[] codes) {
    events.add(new Event(EventKind.SEARCH_QUERY, client, micros, ShopFixture.print(codes)));
    return this;
  }

  /** Events of all kinds: equal times, huge and negative ids, skus that no product file has. */
  public static EventsFixture random(int count, long seed, long... clients) {
    Random random = new Random(seed);
    EventsFixture fixture = new EventsFixture();
    for (int i = 0; i < count; i++) {
      EventKind kind = EventKind.values()[random.nextInt(EventKind.values().length)];
      long client = clients[random.nextInt(clients.length)];
      long micros = START_MICROS + random.nextInt(40) * 1_000_000L;
      if (kind == EventKind.SEARCH_QUERY) {
        byte[] codes = new byte[16];
        codes[0] = (byte) (random.nextInt(4) * 80);
        codes[random.nextInt(16)] = (byte) 255;
        fixture.search(client, micros, codes);
      } else {
        fixture.add(
            kind, client, micros, random.nextInt(60) - 2 + (random.nextInt(9) == 0 ? 1L << 40 : 0));
      }
    }
    return fixture;
  }

  /** Those of some clients. */
  public EventsFixture of(LongPredicate clients) {
    EventsFixture some = new EventsFixture();
    events.stream().filter(event -> clients.test(event.client())).forEach(some.events::add);
    return some;
  }

  /** The clients in the order of their first events. */
  public long[] clients() {
    return events.stream().mapToLong(Event::client).distinct().toArray();
  }

  /** As a live client sends them; the caller closes the batch. */
  public VectorSchemaRoot batch(BufferAllocator allocator) {
    return ParquetFixture.root(
        allocator,
        List.of(
            column("client_id", ParquetFixture.INT64, Event::client),
            column("timestamp", ParquetFixture.MICROS, Event::micros),
            column("kind", ParquetFixture.TEXT, event -> event.kind().tableName()),
            column("sku", ParquetFixture.INT64, event -> item(event, ItemKind.SKU)),
            column("url", ParquetFixture.INT64, event -> item(event, ItemKind.URL)),
            column("query", ParquetFixture.TEXT, event -> item(event, ItemKind.QUERY))));
  }

  /** As the files of a data folder; the events of a kind in the order they were added. */
  public void write(Path folder) {
    for (EventKind kind : EventKind.values()) {
      EventsFixture some = new EventsFixture();
      events.stream().filter(event -> event.kind() == kind).forEach(some.events::add);
      boolean text = kind.itemKind() == ItemKind.QUERY;
      ParquetFixture.write(
          folder.resolve(kind.tableName() + ".parquet"),
          some.column("client_id", ParquetFixture.INT64, Event::client),
          some.column("timestamp", ParquetFixture.MICROS, Event::micros),
          some.column(
              EventColumns.itemColumn(kind),
              text ? ParquetFixture.TEXT : ParquetFixture.INT64,
              Event::item));
    }
  }

  /** Writes the properties of every second sku from 0 to 68, some without category or price. */
  public static void writeProducts(Path folder) {
    List<Object> skus = new ArrayList<>();
    List<Object> categories = new ArrayList<>();
    List<Object> prices = new ArrayList<>();
    List<Object> names = new ArrayList<>();
    Random random = new Random(1);
    for (long sku = 68; sku >= 0; sku -= 2) {
      byte[] name = new byte[16];
      random.nextBytes(name);
      skus.add(sku);
      categories.add(sku % 5 == 0 ? null : (Object) (sku % 7 * 100));
      prices.add(sku % 11 == 0 ? null : (Object) (sku % 4));
      names.add(ShopFixture.print(name));
    }
    ParquetFixture.write(
        folder.resolve(DataSource.PRODUCT_FILE),
        new ParquetFixture.Column("sku", ParquetFixture.INT64, skus),
        new ParquetFixture.Column("category", ParquetFixture.INT64, categories),
        new ParquetFixture.Column("price", ParquetFixture.INT64, prices),
        new ParquetFixture.Column("name", ParquetFixture.TEXT, names));
  }

  private interface Value {
    Object of(Event event);
  }

  private ParquetFixture.Column column(
      String name, org.apache.arrow.vector.types.pojo.ArrowType type, Value value) {
    List<Object> values = new ArrayList<>();
    events.forEach(event -> values.add(value.of(event)));
    return new ParquetFixture.Column(name, type, values);
  }

  private static Object item(Event event, ItemKind kind) {
    return event.kind().itemKind() == kind ? event.item() : null;
  }
}
