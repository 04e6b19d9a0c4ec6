package dev.tessera.host.data;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EventKind;
import dev.tessera.api.EventKind.ItemKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.EventTable;
import dev.tessera.api.ProductTable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TinyIntVector;

/**
 * A few clients' events as an event log in memory, with the codes and the order that a store of the
 * same events has. It holds nothing but what these events mention: its products are theirs alone,
 * so that the cost goes with the events and not with the shop. All its clients are relevant.
 */
public final class MemoryLog implements AutoCloseable {

  private static final int NONE = -1;

  private final EventBatch events;
  private final BufferAllocator allocator;
  private final List<FieldVector> vectors = new ArrayList<>();
  private EventLog log;

  private MemoryLog(EventBatch events, BufferAllocator allocator) {
    this.events = events;
    this.allocator = allocator;
  }

  /**
   * Sorts and encodes.
   *
   * @param products where skus are looked up; one that is not there is an unknown product
   * @param allocator of all vectors; outlives the result
   */
  public static MemoryLog of(EventBatch events, ProductIndex products, BufferAllocator allocator) {
    MemoryLog memory = new MemoryLog(events, allocator);
    try {
      memory.build(products.columns());
      return memory;
    } catch (RuntimeException | Error e) {
      memory.close();
      throw e;
    }
  }

  /** The events; lent until {@link #close}. */
  public EventLog log() {
    return log;
  }

  @Override
  public void close() {
    vectors.forEach(FieldVector::close);
  }

  private void build(ProductColumns products) {
    long[] clients = events.distinctClients();
    long[] skus = items(ItemKind.SKU);
    long[] urls = items(ItemKind.URL);
    TextDictionary queries = new TextDictionary();
    int[] queryOfRow = queryCodes(queries);
    Map<EventKind, EventTable> tables = new EnumMap<>(EventKind.class);
    for (EventKind kind : EventKind.values()) {
      tables.put(
          kind,
          switch (kind.itemKind()) {
            case SKU -> table(kind, row -> Arrays.binarySearch(skus, events.item(row)));
            case URL -> table(kind, row -> Arrays.binarySearch(urls, events.item(row)));
            case QUERY -> table(kind, row -> queryOfRow[row]);
          });
    }
    log =
        new EventLog(
            ids("client_id", clients),
            ClientSelection.of(clients),
            tables,
            products(skus, products),
            ids("url", urls),
            queries(queries));
  }

  /** The distinct skus or urls of the events, ascending. */
  private long[] items(ItemKind wanted) {
    return SortedIds.union(
        IntStream.range(0, events.rows())
            .filter(row -> events.kind(row).itemKind() == wanted)
            .mapToLong(events::item)
            .toArray());
  }

  /**
   * Fills the dictionary in the order of the texts, so that its codes are those of the log.
   *
   * @return [rows] the code of each search's query
   */
  private int[] queryCodes(TextDictionary queries) {
    int[] searches =
        IntStream.range(0, events.rows())
            .filter(row -> events.kind(row).itemKind() == ItemKind.QUERY)
            .toArray();
    int[] codes = new int[events.rows()];
    IntStream.of(searches)
        .boxed()
        .sorted(this::compareQueries)
        .forEach(row -> codes[row] = queries.add(events.item(row), events.queryLow(row)));
    return codes;
  }

  private int compareQueries(int a, int b) {
    int byHigh = Long.compareUnsigned(events.item(a), events.item(b));
    return byHigh != 0 ? byHigh : Long.compareUnsigned(events.queryLow(a), events.queryLow(b));
  }

  /** A table: a counting sort by client, then each client's slice by time, as a store does it. */
  private EventTable table(EventKind kind, IntUnaryOperator itemOfRow) {
    long[] clients = events.distinctClients();
    int[] clientOfRow = new int[events.rows()];
    int[] next = new int[clients.length + 1];
    for (int row = 0; row < clientOfRow.length; row++) {
      if (events.kind(row) == kind) {
        clientOfRow[row] = Arrays.binarySearch(clients, events.client(row));
        next[clientOfRow[row] + 1]++;
      }
    }
    for (int client = 0; client < clients.length; client++) {
      next[client + 1] += next[client];
    }
    int rows = next[clients.length];
    IntVector offsets = ints(kind.tableName(), next);
    BigIntVector times = keep(new BigIntVector("time", allocator));
    IntVector items = keep(new IntVector("item", allocator));
    times.allocateNew(rows);
    items.allocateNew(rows);
    for (int row = 0; row < clientOfRow.length; row++) {
      if (events.kind(row) == kind) {
        int place = next[clientOfRow[row]]++;
        times.set(place, events.micros(row));
        items.set(place, itemOfRow.applyAsInt(row));
      }
    }
    times.setValueCount(rows);
    items.setValueCount(rows);
    if (rows > 1) {
      ClientTimeSort sorter = new ClientTimeSort(times.getDataBuffer(), items.getDataBuffer());
      for (int client = 0; client < clients.length; client++) {
        sorter.sort(offsets.get(client), offsets.get(client + 1));
      }
    }
    return new EventTable(kind, offsets, times, items);
  }

  private ProductTable products(long[] skus, ProductColumns products) {
    int[] codes = new int[skus.length];
    Arrays.setAll(codes, sku -> products.skus().find(skus[sku]));
    long[] categories = ids(codes, products::category, products.categories());
    long[] prices = ids(codes, products::price, products.prices());
    TinyIntVector known = keep(new TinyIntVector("known", allocator));
    FixedSizeBinaryVector names = texts("name");
    known.allocateNew(skus.length);
    names.allocateNew(skus.length);
    for (int sku = 0; sku < codes.length; sku++) {
      boolean isKnown = codes[sku] >= 0;
      known.set(sku, isKnown ? 1 : 0);
      setText(
          names,
          sku,
          isKnown ? products.nameHigh(codes[sku]) : 0,
          isKnown ? products.nameLow(codes[sku]) : 0);
    }
    known.setValueCount(skus.length);
    names.setValueCount(skus.length);
    return new ProductTable(
        ids("sku", skus),
        known,
        ints("category", positions(codes, products::category, products.categories(), categories)),
        ints("price", positions(codes, products::price, products.prices(), prices)),
        names,
        ids("category", categories),
        ids("price", prices));
  }

  /**
   * The distinct categories or prices of some products, ascending.
   *
   * @param products codes, -1 for an unknown product
   * @param valueOf the code of a product's value, or -1
   */
  private static long[] ids(int[] products, IntUnaryOperator valueOf, IdDictionary values) {
    return SortedIds.union(
        IntStream.of(products)
            .map(product -> product < 0 ? NONE : valueOf.applyAsInt(product))
            .filter(value -> value >= 0)
            .mapToLong(values::id)
            .toArray());
  }

  private static int[] positions(
      int[] products, IntUnaryOperator valueOf, IdDictionary values, long[] ids) {
    return IntStream.of(products)
        .map(product -> product < 0 ? NONE : valueOf.applyAsInt(product))
        .map(value -> value < 0 ? NONE : Arrays.binarySearch(ids, values.id(value)))
        .toArray();
  }

  private FixedSizeBinaryVector queries(TextDictionary queries) {
    FixedSizeBinaryVector texts = texts("query");
    texts.allocateNew(queries.size());
    for (int code = 0; code < queries.size(); code++) {
      setText(texts, code, queries.high(code), queries.low(code));
    }
    texts.setValueCount(queries.size());
    return texts;
  }

  private static void setText(FixedSizeBinaryVector texts, int row, long high, long low) {
    texts.set(row, ByteBuffer.allocate(ProductTable.TEXT_CODES).putLong(high).putLong(low).array());
  }

  private FixedSizeBinaryVector texts(String name) {
    return keep(new FixedSizeBinaryVector(name, allocator, ProductTable.TEXT_CODES));
  }

  private BigIntVector ids(String name, long[] values) {
    BigIntVector vector = keep(new BigIntVector(name, allocator));
    vector.allocateNew(values.length);
    for (int i = 0; i < values.length; i++) {
      vector.set(i, values[i]);
    }
    vector.setValueCount(values.length);
    return vector;
  }

  private IntVector ints(String name, int[] values) {
    IntVector vector = keep(new IntVector(name, allocator));
    vector.allocateNew(values.length);
    for (int i = 0; i < values.length; i++) {
      vector.set(i, values[i]);
    }
    vector.setValueCount(values.length);
    return vector;
  }

  private <V extends FieldVector> V keep(V vector) {
    vectors.add(vector);
    return vector;
  }
}
