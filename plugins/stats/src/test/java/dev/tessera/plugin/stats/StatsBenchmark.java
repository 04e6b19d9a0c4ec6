package dev.tessera.plugin.stats;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingBatch;
import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.EventTable;
import dev.tessera.api.ProductTable;
import dev.tessera.api.testkit.BuiltLog;
import dev.tessera.api.testkit.TestContext;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TinyIntVector;

/**
 * Prints how many events per second stats fits and embeds, on a generated log in memory with the
 * challenge's proportions: 95 % of the events are visits; one client in ten has most of the events;
 * urls and skus have a heavy tail. Arguments: millions of events (default 20), threads (default 2),
 * rounds (default 5; the first ones warm up).
 *
 * <p>From the root of the project, after {@code mvn -pl plugins/stats -am verify}:
 *
 * <pre>
 * mvn -pl plugins/stats -am test-compile dependency:build-classpath \
 *   -Dmdep.outputFile=target/classpath.txt -Dmdep.includeScope=test
 * java -Xmx3g -XX:MaxDirectMemorySize=3g --add-opens=java.base/java.nio=ALL-UNNAMED \
 *   -Darrow.enable_unsafe_memory_access=true -Darrow.enable_null_check_for_get=false \
 *   -cp plugins/stats/target/classes:plugins/stats/target/test-classes:$(cat plugins/stats/target/classpath.txt) \
 *   dev.tessera.plugin.stats.StatsBenchmark 20 2 5
 * </pre>
 */
final class StatsBenchmark {

  private static final int MEAN_EVENTS = 170;
  private static final int SKUS = 500_000;
  private static final int CATEGORIES = 7_000;
  private static final int URLS = 1_000_000;
  private static final long SPAN_MICROS = 150 * UtcCalendar.DAY_MICROS;

  private final SplittableRandom random = new SplittableRandom(42);
  private final List<AutoCloseable> owned = new ArrayList<>();
  private final BufferAllocator allocator;
  private final int clients;

  private StatsBenchmark(BufferAllocator allocator, int clients) {
    this.allocator = allocator;
    this.clients = clients;
  }

  /** Runs the rounds. */
  public static void main(String[] arguments) {
    int millions = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20;
    int threads = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 2;
    int rounds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 5;
    try (TestContext context = new TestContext(threads, 42);
        BuiltLog built =
            new StatsBenchmark(context.allocator(), millions * 1_000_000 / MEAN_EVENTS).build()) {
      EventLog log = built.log();
      long events = StatsColumn.KINDS.stream().mapToLong(kind -> log.events(kind).rows()).sum();
      System.out.printf("%,d events, %,d clients, %d threads%n", events, log.clients(), threads);
      for (int round = 1; round <= rounds; round++) {
        round(context, log, events, round);
      }
    }
  }

  private static void round(TestContext context, EventLog log, long events, int round) {
    try (StatsModel model = StatsModel.untrained(StatsConfigs.DEFAULT, context)) {
      long start = System.nanoTime();
      model.fit(log);
      long fitted = System.nanoTime();
      Checksum sink = new Checksum();
      model.embed(log, log.relevantClients(), sink::add);
      long embedded = System.nanoTime();
      System.out.printf(
          "round %d: fit %.2f s, embed %.2f s, together %.1f million events/s (checksum %.6g)%n",
          round,
          (fitted - start) / 1e9,
          (embedded - fitted) / 1e9,
          events * 1e3 / (embedded - start),
          sink.sum);
    }
  }

  /** Reads every value, as any sink must. */
  private static final class Checksum {
    double sum;

    void add(EmbeddingBatch batch) {
      for (int i = 0; i < batch.rows() * batch.dimension(); i++) {
        sum += batch.values().get(i);
      }
    }
  }

  private BuiltLog build() {
    long[] ids = new long[clients];
    for (int client = 0; client < clients; client++) {
      ids[client] = 10L * client + 3;
    }
    Map<EventKind, EventTable> tables = new EnumMap<>(EventKind.class);
    tables.put(EventKind.PRODUCT_BUY, table(EventKind.PRODUCT_BUY, 0.01, SKUS));
    tables.put(EventKind.ADD_TO_CART, table(EventKind.ADD_TO_CART, 0.03, SKUS));
    tables.put(EventKind.REMOVE_FROM_CART, table(EventKind.REMOVE_FROM_CART, 0.01, SKUS));
    tables.put(EventKind.PAGE_VISIT, table(EventKind.PAGE_VISIT, 0.95, URLS));
    tables.put(EventKind.SEARCH_QUERY, table(EventKind.SEARCH_QUERY, 0, 1));
    EventLog log =
        new EventLog(
            longs("client_id", clients, i -> 10 * i + 3),
            ClientSelection.of(ids),
            tables,
            products(),
            longs("url", URLS, i -> i),
            texts("query", 0));
    return new BuiltLog(log, owned);
  }

  private EventTable table(EventKind kind, double share, int codes) {
    int[] offsets = new int[clients + 1];
    for (int client = 0; client < clients; client++) {
      // one in ten has 7.3 times the mean, the others 0.3 times
      double mean = MEAN_EVENTS * share * (client % 10 == 0 ? 7.3 : 0.3);
      offsets[client + 1] = offsets[client] + (int) (mean * 2 * random.nextDouble() + 0.5);
    }
    int rows = offsets[clients];
    BigIntVector times = own(new BigIntVector("time", allocator));
    times.allocateNew(rows);
    for (int client = 0; client < clients; client++) {
      int start = offsets[client];
      long gap = SPAN_MICROS / (offsets[client + 1] - start + 1L);
      for (int row = start; row < offsets[client + 1]; row++) {
        long time = 1_655_942_400_000_000L + (row - start) * gap + random.nextLong(gap);
        times.set(row, time / 1_000_000 * 1_000_000);
      }
    }
    times.setValueCount(rows);
    return new EventTable(
        kind,
        ints("offset", clients + 1, i -> offsets[i]),
        times,
        // the cube of a uniform number: a hundredth of the codes get a fifth of the rows
        ints("item", rows, i -> scattered(codes, Math.pow(random.nextDouble(), 3))));
  }

  /** Spreads popular codes over the whole range, as sorted ids do. */
  private static int scattered(int codes, double rank) {
    return (int) ((long) (rank * codes) * 7_919 % codes);
  }

  private ProductTable products() {
    TinyIntVector known = own(new TinyIntVector("known", allocator));
    known.allocateNew(SKUS);
    for (int sku = 0; sku < SKUS; sku++) {
      known.set(sku, 1);
    }
    known.setValueCount(SKUS);
    return new ProductTable(
        longs("sku", SKUS, i -> i),
        known,
        ints("category", SKUS, i -> random.nextInt(CATEGORIES)),
        ints("price", SKUS, i -> random.nextInt(100)),
        texts("name", SKUS),
        longs("category_id", CATEGORIES, i -> i),
        longs("price_id", 100, i -> i));
  }

  private BigIntVector longs(String name, int size, IntUnaryOperator value) {
    BigIntVector vector = own(new BigIntVector(name, allocator));
    vector.allocateNew(size);
    for (int i = 0; i < size; i++) {
      vector.set(i, value.applyAsInt(i));
    }
    vector.setValueCount(size);
    return vector;
  }

  private IntVector ints(String name, int size, IntUnaryOperator value) {
    IntVector vector = own(new IntVector(name, allocator));
    vector.allocateNew(size);
    for (int i = 0; i < size; i++) {
      vector.set(i, value.applyAsInt(i));
    }
    vector.setValueCount(size);
    return vector;
  }

  private FixedSizeBinaryVector texts(String name, int size) {
    FixedSizeBinaryVector vector =
        own(new FixedSizeBinaryVector(name, allocator, ProductTable.TEXT_CODES));
    vector.allocateNew(size);
    vector.setValueCount(size);
    return vector;
  }

  private <T extends AutoCloseable> T own(T vector) {
    owned.add(vector);
    return vector;
  }
}
