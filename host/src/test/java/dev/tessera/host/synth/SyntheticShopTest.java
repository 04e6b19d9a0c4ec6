package dev.tessera.host.synth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.api.EventKind;
import dev.tessera.api.Npy;
import dev.tessera.host.progress.ProgressDisplay;
import dev.tessera.host.split.ReadTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of one generated shop, as a reader of the challenge's data sees them. */
class SyntheticShopTest {

  private static final ShopPlan TINY = ShopPreset.TINY.plan();

  @TempDir static Path folder;
  private static Path shop;
  private static ShopSummary summary;

  @BeforeAll
  static void generate() {
    shop = folder.resolve("shop");
    summary = write(TINY, shop, 2);
  }

  @Test
  void theBytesDependOnTheSeedAndNotOnThreads() {
    // More than one block, so that threads can come in another order.
    ShopPlan plan = TINY.withRelevantClients(7_000).withDays(60);
    assertThat(EventBlock.blocks(plan)).isGreaterThan(1);
    write(plan, folder.resolve("one"), 1);
    write(plan, folder.resolve("three"), 3);
    write(plan.withSeed(43), folder.resolve("other"), 3);

    Map<String, byte[]> one = files(folder.resolve("one"));
    assertThat(one).hasSize(5 + 1 + 5 + 1 + 2 + 1 + 8);
    Map<String, byte[]> three = files(folder.resolve("three"));
    Map<String, byte[]> other = files(folder.resolve("other"));
    assertThat(three.keySet()).isEqualTo(one.keySet()).isEqualTo(other.keySet());
    one.forEach((name, bytes) -> assertThat(three.get(name)).as(name).isEqualTo(bytes));
    one.forEach((name, bytes) -> assertThat(other.get(name)).as(name).isNotEqualTo(bytes));
  }

  @Test
  void tablesHaveTheChallengesColumnsAndTypes() {
    assertThat(types("product_buy")).isEqualTo(eventTypes("sku", "Int(64, true)"));
    assertThat(types("add_to_cart")).isEqualTo(eventTypes("sku", "Int(64, true)"));
    assertThat(types("remove_from_cart")).isEqualTo(eventTypes("sku", "Int(64, true)"));
    assertThat(types("page_visit")).isEqualTo(eventTypes("url", "Int(64, true)"));
    assertThat(types("search_query")).isEqualTo(eventTypes("query", "Utf8"));
    assertThat(types("product_properties"))
        .isEqualTo("sku Int(64, true), category Int(64, true), price Int(64, true), name Utf8");
    assertThat(types("target/train_target"))
        .isEqualTo(
            eventTypes("sku", "Int(64, true)")
                + ", category Int(64, true), price Int(64, true), name Utf8");
  }

  @Test
  void rowsAreThoseOfTheSummaryAndThePreset() {
    for (EventKind kind : EventKind.values()) {
      assertThat((long) table(kind).rows()).isEqualTo(summary.rows().get(kind));
    }
    // Heavy tails: two thousand clients may be a fifth off what the rates promise.
    assertThat(summary.rows().get(EventKind.PAGE_VISIT)).isBetween(100_000L, 150_000L);
    assertThat(summary.rows().get(EventKind.PRODUCT_BUY)).isBetween(3_500L, 6_000L);
  }

  @Test
  void textsAreArraysAsNumPyPrintsThem() {
    List<String> texts = table(EventKind.SEARCH_QUERY).texts("query");
    assertThat(texts)
        .allSatisfy(
            text -> {
              int[] codes =
                  Arrays.stream(text.substring(1, text.length() - 1).trim().split(" +"))
                      .mapToInt(Integer::parseInt)
                      .toArray();
              assertThat(codes).hasSize(16);
              assertThat(Arrays.stream(codes)).allMatch(code -> code >= 0 && code < 256);
              int width = String.valueOf(Arrays.stream(codes).max().orElseThrow()).length();
              assertThat(text)
                  .isEqualTo(
                      Arrays.stream(codes)
                          .mapToObj(code -> ("%" + width + "d").formatted(code))
                          .collect(Collectors.joining(" ", "[", "]")));
            });
  }

  @Test
  void rowsComeInRandomOrder() {
    for (EventKind kind : EventKind.values()) {
      ReadTable table = table(kind);
      assertThat(ascendingShare(table.longs("client_id"))).isCloseTo(0.5, within(0.03));
      assertThat(ascendingShare(table.micros("timestamp"))).isCloseTo(0.5, within(0.03));
    }
    assertThat(ascendingShare(Npy.readLongs(shop.resolve("input/relevant_clients.npy"))))
        .isCloseTo(0.5, within(0.05));
  }

  @Test
  void idsIncludeZeroAndSomeAbove32Bits() {
    ReadTable visits = table(EventKind.PAGE_VISIT);
    ReadTable products = ReadTable.read(shop.resolve("product_properties.parquet"));
    assertThat(visits.longs("client_id")).contains(0);
    assertThat(Arrays.stream(visits.longs("client_id"))).anyMatch(id -> id > 1L << 31);
    assertThat(visits.longs("url")).contains(0);
    assertThat(table(EventKind.ADD_TO_CART).longs("sku")).contains(0);
    assertThat(products.longs("category")).contains(0);
    assertThat(products.longs("price")).contains(0, 99);
    assertThat(products.longs("sku")).doesNotHaveDuplicates();
  }

  @Test
  void aFewEventsAreOfProductsWithoutProperties() {
    Set<Long> known =
        boxed(ReadTable.read(shop.resolve("product_properties.parquet")).longs("sku"));
    long[] skus = table(EventKind.ADD_TO_CART).longs("sku");
    double unknown =
        (double) Arrays.stream(skus).filter(sku -> !known.contains(sku)).count() / skus.length;
    assertThat(unknown).isBetween(0.001, 0.01);
  }

  @Test
  void someRelevantClientsHaveNoEventAndMostOthersHaveOneInTheInput() {
    Set<Long> withInput = new HashSet<>();
    for (EventKind kind : EventKind.values()) {
      Path file = shop.resolve("input").resolve(kind.tableName() + ".parquet");
      withInput.addAll(boxed(ReadTable.read(file).longs("client_id")));
    }
    long[] relevant = Npy.readLongs(shop.resolve("input/relevant_clients.npy"));
    assertThat(relevant).hasSize(TINY.relevantClients()).doesNotHaveDuplicates();
    double without =
        (double) Arrays.stream(relevant).filter(id -> !withInput.contains(id)).count()
            / relevant.length;
    assertThat(without).isBetween(0.015, 0.05);
  }

  @Test
  void someRowsAreExactRepeatsAndManyShareTheirSecond() {
    ReadTable visits = table(EventKind.PAGE_VISIT);
    long[] clients = visits.longs("client_id");
    long[] micros = visits.micros("timestamp");
    long[] urls = visits.longs("url");
    Set<List<Long>> rows = new HashSet<>();
    Set<List<Long>> seconds = new HashSet<>();
    for (int i = 0; i < clients.length; i++) {
      rows.add(List.of(clients[i], micros[i], urls[i]));
      seconds.add(List.of(clients[i], micros[i]));
    }
    assertThat(1 - rows.size() / (double) clients.length).isBetween(0.002, 0.02);
    assertThat(1 - seconds.size() / (double) clients.length).isBetween(0.05, 0.25);
  }

  private static ShopSummary write(ShopPlan plan, Path out, int threads) {
    return SyntheticShop.write(plan, out, false, threads, ProgressDisplay.silent());
  }

  private static ReadTable table(EventKind kind) {
    return ReadTable.read(shop.resolve(kind.tableName() + ".parquet"));
  }

  private static String types(String file) {
    return ReadTable.read(shop.resolve(file + ".parquet")).types().entrySet().stream()
        .map(column -> column.getKey() + " " + column.getValue())
        .collect(Collectors.joining(", "));
  }

  private static String eventTypes(String item, String type) {
    return "client_id Int(64, true), timestamp Timestamp(MICROSECOND, null), " + item + " " + type;
  }

  private static double ascendingShare(long[] values) {
    int ascending = 0;
    for (int i = 1; i < values.length; i++) {
      ascending += values[i] > values[i - 1] ? 1 : 0;
    }
    return ascending / (values.length - 1.0);
  }

  private static Set<Long> boxed(long[] values) {
    return Arrays.stream(values).boxed().collect(Collectors.toSet());
  }

  private static Map<String, byte[]> files(Path root) {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> tree = Files.walk(root)) {
      for (Path file : tree.filter(Files::isRegularFile).toList()) {
        files.put(root.relativize(file).toString(), Files.readAllBytes(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }
}
