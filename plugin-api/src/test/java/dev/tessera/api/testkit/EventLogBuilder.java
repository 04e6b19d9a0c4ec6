package dev.tessera.api.testkit;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EventKind;
import dev.tessera.api.EventKind.ItemKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.EventTable;
import dev.tessera.api.ProductTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TinyIntVector;

/** Builds a small event log event by event, with plain collections: slow, and plainly right. */
public final class EventLogBuilder {

  private record Event(long client, long micros, Object item) {}

  private record Product(Long category, Long price, byte[] name) {}

  private final Map<EventKind, List<Event>> events = new EnumMap<>(EventKind.class);
  private final TreeMap<Long, Product> products = new TreeMap<>();
  private final TreeSet<Long> relevant = new TreeSet<>();
  private final List<AutoCloseable> owned = new ArrayList<>();

  /** An empty log. */
  public EventLogBuilder() {
    for (EventKind kind : EventKind.values()) {
      events.put(kind, new ArrayList<>());
    }
  }

  /** Adds an event whose item is a sku or a url. */
  public EventLogBuilder event(EventKind kind, long client, long micros, long item) {
    events.get(kind).add(new Event(client, micros, item));
    return this;
  }

  /** Adds a search; {@code codes} are the 16 bytes. */
  public EventLogBuilder search(long client, long micros, byte... codes) {
    events.get(EventKind.SEARCH_QUERY).add(new Event(client, micros, Text.of(codes)));
    return this;
  }

  /** Adds a product; category and price may be null. */
  public EventLogBuilder product(long sku, Long category, Long price, byte... name) {
    products.put(sku, new Product(category, price, Arrays.copyOf(name, ProductTable.TEXT_CODES)));
    return this;
  }

  /** Marks clients as relevant; they need not have events. */
  public EventLogBuilder relevant(long... clients) {
    Arrays.stream(clients).forEach(relevant::add);
    return this;
  }

  private record Text(List<Byte> codes) implements Comparable<Text> {
    static Text of(byte[] codes) {
      List<Byte> list = new ArrayList<>();
      for (int i = 0; i < ProductTable.TEXT_CODES; i++) {
        list.add(i < codes.length ? codes[i] : 0);
      }
      return new Text(list);
    }

    byte[] bytes() {
      byte[] bytes = new byte[codes.size()];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = codes.get(i);
      }
      return bytes;
    }

    @Override
    public int compareTo(Text other) {
      return Arrays.compareUnsigned(bytes(), other.bytes());
    }
  }

  /** The log; close it before the allocator. */
  public BuiltLog build(BufferAllocator allocator) {
    TreeSet<Long> clients = new TreeSet<>(relevant);
    TreeSet<Long> skus = new TreeSet<>(products.keySet());
    TreeSet<Long> urls = new TreeSet<>();
    TreeSet<Text> queries = new TreeSet<>();
    events.forEach(
        (kind, list) ->
            list.forEach(
                event -> {
                  clients.add(event.client());
                  switch (kind.itemKind()) {
                    case SKU -> skus.add((Long) event.item());
                    case URL -> urls.add((Long) event.item());
                    case QUERY -> queries.add((Text) event.item());
                  }
                }));
    Map<ItemKind, Map<Object, Integer>> codes = new EnumMap<>(ItemKind.class);
    codes.put(ItemKind.SKU, ranks(skus));
    codes.put(ItemKind.URL, ranks(urls));
    codes.put(ItemKind.QUERY, ranks(queries));
    Map<EventKind, EventTable> tables = new EnumMap<>(EventKind.class);
    for (EventKind kind : EventKind.values()) {
      tables.put(kind, table(allocator, kind, ranks(clients), codes.get(kind.itemKind())));
    }
    return new BuiltLog(
        new EventLog(
            longs(allocator, "client_id", clients),
            ClientSelection.of(relevant.stream().mapToLong(Long::longValue).toArray()),
            tables,
            products(allocator, skus),
            longs(allocator, "url", urls),
            texts(allocator, "query", queries.stream().map(Text::bytes).toList())),
        List.copyOf(owned));
  }

  private EventTable table(
      BufferAllocator allocator,
      EventKind kind,
      Map<Object, Integer> clientRanks,
      Map<Object, Integer> codes) {
    List<Event> sorted = new ArrayList<>(events.get(kind));
    sorted.sort(Comparator.comparingLong(Event::client).thenComparingLong(Event::micros));
    int[] offsets = new int[clientRanks.size() + 1];
    for (Event event : sorted) {
      offsets[clientRanks.get(event.client()) + 1]++;
    }
    Arrays.parallelPrefix(offsets, Integer::sum);
    return new EventTable(
        kind,
        ints(allocator, "offset", offsets),
        longs(allocator, "time", sorted.stream().map(Event::micros).toList()),
        ints(
            allocator,
            "item",
            sorted.stream().mapToInt(event -> codes.get(event.item())).toArray()));
  }

  private ProductTable products(BufferAllocator allocator, TreeSet<Long> skus) {
    TreeSet<Long> categories = new TreeSet<>();
    TreeSet<Long> prices = new TreeSet<>();
    for (Product product : products.values()) {
      if (product.category() != null) {
        categories.add(product.category());
      }
      if (product.price() != null) {
        prices.add(product.price());
      }
    }
    Map<Object, Integer> categoryCodes = ranks(categories);
    Map<Object, Integer> priceCodes = ranks(prices);
    Product unknown = new Product(null, null, new byte[ProductTable.TEXT_CODES]);
    TinyIntVector known = own(new TinyIntVector("known", allocator));
    known.allocateNew(skus.size());
    int[] category = new int[skus.size()];
    int[] price = new int[skus.size()];
    List<byte[]> names = new ArrayList<>();
    int code = 0;
    for (long sku : skus) {
      Product product = products.getOrDefault(sku, unknown);
      known.set(code, products.containsKey(sku) ? 1 : 0);
      category[code] = product.category() == null ? -1 : categoryCodes.get(product.category());
      price[code] = product.price() == null ? -1 : priceCodes.get(product.price());
      names.add(product.name());
      code++;
    }
    known.setValueCount(skus.size());
    return new ProductTable(
        longs(allocator, "sku", skus),
        known,
        ints(allocator, "category", category),
        ints(allocator, "price", price),
        texts(allocator, "name", names),
        longs(allocator, "category_id", categories),
        longs(allocator, "price_id", prices));
  }

  private static Map<Object, Integer> ranks(Collection<?> sorted) {
    Map<Object, Integer> ranks = new HashMap<>();
    sorted.forEach(value -> ranks.put(value, ranks.size()));
    return ranks;
  }

  private BigIntVector longs(BufferAllocator allocator, String name, Collection<Long> values) {
    BigIntVector vector = own(new BigIntVector(name, allocator));
    vector.allocateNew(values.size());
    int row = 0;
    for (long value : values) {
      vector.set(row++, value);
    }
    vector.setValueCount(row);
    return vector;
  }

  private IntVector ints(BufferAllocator allocator, String name, int[] values) {
    IntVector vector = own(new IntVector(name, allocator));
    vector.allocateNew(values.length);
    for (int row = 0; row < values.length; row++) {
      vector.set(row, values[row]);
    }
    vector.setValueCount(values.length);
    return vector;
  }

  private FixedSizeBinaryVector texts(BufferAllocator allocator, String name, List<byte[]> values) {
    FixedSizeBinaryVector vector =
        own(new FixedSizeBinaryVector(name, allocator, ProductTable.TEXT_CODES));
    vector.allocateNew(values.size());
    for (int row = 0; row < values.size(); row++) {
      vector.set(row, values.get(row));
    }
    vector.setValueCount(values.size());
    return vector;
  }

  private <T extends AutoCloseable> T own(T vector) {
    owned.add(vector);
    return vector;
  }
}
