package dev.tessera.host.synth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.api.EventKind;
import dev.tessera.api.Npy;
import dev.tessera.host.progress.ProgressDisplay;
import dev.tessera.host.split.ChallengeSplit.Part;
import dev.tessera.host.split.PlainTargets;
import dev.tessera.host.split.ReadTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files in input/ and target/ against a plain recomputation from the tables at the top. */
class TargetFilesTest {

  @TempDir static Path folder;
  private static Path shop;
  private static PlainTargets plain;

  @BeforeAll
  static void generate() {
    shop = folder.resolve("shop");
    SyntheticShop.write(ShopPreset.TINY.plan(), shop, false, 2, ProgressDisplay.silent());
    plain = new PlainTargets(shop);
  }

  @Test
  void propensitiesPopularityAndActiveClientsAreTheOrganisers() {
    assertTargets(shop.resolve("target"), plain, relevant(shop));
  }

  @Test
  void everyPropensityHasLabelsToLearn() {
    assertThat(plain.categories().ids()).hasSizeGreaterThan(50);
    assertThat(plain.prices().ids()).hasSizeGreaterThan(70);
    assertThat(plain.skus().ids()).hasSize(100);
    assertThat(plain.newSkus().ids()).hasSizeGreaterThan(20);
  }

  @Test
  void targetsAreThePurchasesOfTheirWindowWithProperties() {
    assertThat(rows("train_target.parquet"))
        .containsExactlyInAnyOrderElementsOf(plain.window(Part.TRAIN_TARGET));
    assertThat(rows("validation_target.parquet"))
        .containsExactlyInAnyOrderElementsOf(plain.window(Part.VALIDATION_TARGET));
  }

  @Test
  void targetNamesAreThoseOfTheProductTable() {
    ReadTable products = ReadTable.read(shop.resolve("product_properties.parquet"));
    Set<List<Object>> known = pairs(products);
    Set<Object> skus = known.stream().map(pair -> pair.get(0)).collect(Collectors.toSet());
    Set<List<Object>> bought = pairs(ReadTable.read(shop.resolve("target/train_target.parquet")));
    assertThat(bought)
        .allSatisfy(
            pair ->
                assertThat(
                        known.contains(pair)
                            || !skus.contains(pair.get(0)) && pair.get(1).equals(""))
                    .isTrue());
    assertThat(bought).anyMatch(pair -> pair.get(1).equals(""));
  }

  @Test
  void inputIsTheTablesBeforeTheTrainTargetInTheSameOrder() {
    for (EventKind kind : EventKind.values()) {
      String file = kind.tableName() + ".parquet";
      assertThat(lines(ReadTable.read(shop.resolve("input").resolve(file)), Long.MAX_VALUE))
          .isNotEmpty()
          .isEqualTo(lines(ReadTable.read(shop.resolve(file)), plain.split.trainTargetStart()));
    }
  }

  private static void assertTargets(Path target, PlainTargets wanted, Set<Long> relevant) {
    assertLabels(target, "category", wanted.categories());
    assertLabels(target, "price", wanted.prices());
    assertLabels(target, "sku", wanted.skus());
    assertLabels(target, "new_sku", wanted.newSkus());
    assertThat(Npy.readLongs(target.resolve("active_clients.npy")))
        .containsExactly(wanted.activeClients(relevant).toArray(Long[]::new));
  }

  private static void assertLabels(Path target, String what, PlainTargets.Labels wanted) {
    assertThat(Npy.readLongs(target.resolve("propensity_" + what + ".npy")))
        .as(what)
        .containsExactly(wanted.ids().toArray(Long[]::new));
    assertThat(Npy.readDoubles(target.resolve("popularity_propensity_" + what + ".npy")))
        .as(what)
        .containsExactly(wanted.popularity().stream().mapToDouble(p -> p).toArray());
  }

  private static Set<Long> relevant(Path folder) {
    return Arrays.stream(Npy.readLongs(folder.resolve("input/relevant_clients.npy")))
        .boxed()
        .collect(Collectors.toSet());
  }

  private static List<PlainTargets.Purchase> rows(String file) {
    ReadTable table = ReadTable.read(shop.resolve("target").resolve(file));
    long[] clients = table.longs("client_id");
    long[] micros = table.micros("timestamp");
    long[] skus = table.longs("sku");
    long[] categories = table.longs("category");
    long[] prices = table.longs("price");
    return IntStream.range(0, table.rows())
        .mapToObj(
            i ->
                new PlainTargets.Purchase(clients[i], micros[i], skus[i], categories[i], prices[i]))
        .toList();
  }

  private static Set<List<Object>> pairs(ReadTable table) {
    Set<List<Object>> pairs = new HashSet<>();
    long[] skus = table.longs("sku");
    List<String> names = table.texts("name");
    for (int row = 0; row < skus.length; row++) {
      pairs.add(List.of(skus[row], names.get(row)));
    }
    return pairs;
  }

  private static List<String> lines(ReadTable table, long beforeMicros) {
    long[] micros = table.micros("timestamp");
    List<String> lines = new ArrayList<>();
    for (int row = 0; row < micros.length; row++) {
      if (micros[row] < beforeMicros) {
        int at = row;
        lines.add(
            table.values().values().stream()
                .map(column -> column.get(at).toString())
                .collect(Collectors.joining(" ")));
      }
    }
    return lines;
  }
}
