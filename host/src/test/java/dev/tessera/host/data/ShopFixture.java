package dev.tessera.host.data;

import static dev.tessera.host.data.ParquetFixture.INT64;
import static dev.tessera.host.data.ParquetFixture.MICROS;
import static dev.tessera.host.data.ParquetFixture.TEXT;
import static dev.tessera.host.data.ParquetFixture.column;

import dev.tessera.api.EventKind;
import dev.tessera.api.Npy;
import dev.tessera.api.testkit.EventLogBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Writes a shop as Parquet files, and the same shop into an {@link EventLogBuilder} as the oracle.
 */
final class ShopFixture {

  private final Path directory;
  private final Random random;
  private final EventLogBuilder oracle = new EventLogBuilder();

  private ShopFixture(Path directory, long seed) {
    this.directory = directory;
    this.random = new Random(seed);
  }

  /**
   * A random shop: negative and huge ids, equal times, unknown skus, relevant clients without
   * events.
   */
  static EventLogBuilder random(Path directory, int events, long seed) {
    ShopFixture shop = new ShopFixture(directory, seed);
    for (EventKind kind : EventKind.values()) {
      shop.writeEvents(kind, events);
    }
    shop.writeProducts();
    shop.writeRelevant();
    return shop.oracle;
  }

  /** One buy; the least that can be read. */
  static void minimal(Path directory) {
    ParquetFixture.write(
        directory.resolve("product_buy.parquet"),
        column("client_id", INT64, 7L),
        column("timestamp", MICROS, 1_000_000L),
        column("sku", INT64, 70L));
  }

  static void relevant(Path directory, long... ids) {
    try {
      Files.createDirectories(directory.resolve("input"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    Npy.write(directory.resolve("input/relevant_clients.npy"), ids, ids.length);
  }

  /** As NumPy prints an array that it breaks into lines. */
  static String print(byte[] codes) {
    String first = numbers(codes, 0, 9);
    return "[" + first + "\n " + numbers(codes, 9, codes.length) + "]";
  }

  private static String numbers(byte[] codes, int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> "%3d".formatted(codes[i] & 0xff))
        .collect(Collectors.joining(" "));
  }

  private void writeEvents(EventKind kind, int events) {
    List<Object> clients = new ArrayList<>();
    List<Object> times = new ArrayList<>();
    List<Object> items = new ArrayList<>();
    for (int i = 0; i < events; i++) {
      long client = client();
      long micros = 1_656_000_000_000_000L + random.nextInt(40) * 1_000_000L;
      clients.add(client);
      times.add(micros);
      if (kind == EventKind.SEARCH_QUERY) {
        byte[] codes = new byte[16];
        Arrays.fill(codes, (byte) random.nextInt(3));
        codes[0] = (byte) (random.nextInt(4) * 80);
        codes[random.nextInt(16)] = (byte) 255;
        items.add(print(codes));
        oracle.search(client, micros, codes);
      } else {
        long item = random.nextInt(60) - 2 + (random.nextInt(9) == 0 ? 1L << 40 : 0);
        items.add(item);
        oracle.event(kind, client, micros, item);
      }
    }
    boolean text = kind == EventKind.SEARCH_QUERY;
    ParquetFixture.write(
        directory.resolve(kind.tableName() + ".parquet"),
        new ParquetFixture.Column("client_id", INT64, clients),
        new ParquetFixture.Column("timestamp", MICROS, times),
        new ParquetFixture.Column(EventColumns.itemColumn(kind), text ? TEXT : INT64, items));
  }

  private long client() {
    return switch (random.nextInt(20)) {
      case 0 -> Long.MAX_VALUE - random.nextInt(5);
      case 1 -> -1L - random.nextInt(5);
      default -> random.nextInt(200_000) % 90;
    };
  }

  private void writeProducts() {
    List<Object> skus = new ArrayList<>();
    List<Object> categories = new ArrayList<>();
    List<Object> prices = new ArrayList<>();
    List<Object> names = new ArrayList<>();
    for (long sku = 69; sku >= 0; sku -= 2) { // descending, and every second one unknown
      Long category = sku % 5 == 0 ? null : sku % 7 * 100;
      Long price = sku % 11 == 0 ? null : sku % 4;
      byte[] name = new byte[16];
      random.nextBytes(name);
      skus.add(sku);
      categories.add(category);
      prices.add(price);
      names.add(print(name));
      oracle.product(sku, category, price, name);
    }
    ParquetFixture.write(
        directory.resolve("product_properties.parquet"),
        new ParquetFixture.Column("sku", INT64, skus),
        new ParquetFixture.Column("category", INT64, categories),
        new ParquetFixture.Column("price", INT64, prices),
        new ParquetFixture.Column("name", TEXT, names));
  }

  private void writeRelevant() {
    long[] ids = {500, 3, 4, 17, -1, Long.MIN_VALUE, 501};
    relevant(directory, ids);
    oracle.relevant(ids);
  }
}
