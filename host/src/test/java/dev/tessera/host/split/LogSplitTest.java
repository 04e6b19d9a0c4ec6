package dev.tessera.host.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tessera.api.EventKind;
import dev.tessera.api.Npy;
import dev.tessera.api.PluginException;
import dev.tessera.api.testkit.GoldenData;
import dev.tessera.host.arrow.HostMemory;
import dev.tessera.host.data.StoreOptions;
import dev.tessera.host.progress.ProgressDisplay;
import dev.tessera.host.split.ChallengeSplit.Part;
import dev.tessera.host.synth.ShopPreset;
import dev.tessera.host.synth.SyntheticShop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder split in place, against the organisers' figures and a plain recomputation. */
class LogSplitTest {

  private static final List<String> KINDS = List.of("category", "price", "sku", "new_sku");

  @TempDir Path folder;

  @Test
  void splitsTheReferenceLogAsTheOrganisersDo() throws IOException {
    Path raw = copyTables(GoldenData.golden("raw"), folder.resolve("raw"));
    JsonNode golden = new ObjectMapper().readTree(GoldenData.golden("split/split.json").toFile());

    SplitSummary summary = split(raw, 14, OptionalLong.empty());

    for (EventKind kind : EventKind.values()) {
      String table = kind.tableName();
      SplitSummary.Rows rows = summary.rows().get(table);
      JsonNode after = golden.get("after_input").get(table);
      assertThat(rows.input()).isEqualTo(golden.get("input").get(table).get("rows").asLong());
      assertThat(rows.train()).isEqualTo(after.get("rows_in_train_window").asLong());
      assertThat(rows.validation())
          .isEqualTo(after.get("rows_in_validation_window_to_end_date").asLong());
      assertThat(rows.afterEnd()).isEqualTo(after.get("rows_after_end_date").asLong());
      ReadTable input = ReadTable.read(raw.resolve("input").resolve(table + ".parquet"));
      assertThat(input.rows()).isEqualTo(rows.input());
      assertThat(text(Arrays.stream(input.micros("timestamp")).min().orElseThrow()))
          .isEqualTo(golden.get("input").get(table).get("min").asText());
      assertThat(text(Arrays.stream(input.micros("timestamp")).max().orElseThrow()))
          .isEqualTo(golden.get("input").get(table).get("max").asText());
    }
    for (String target : List.of("train_target", "validation_target")) {
      ReadTable rows = ReadTable.read(raw.resolve("target").resolve(target + ".parquet"));
      JsonNode wanted = golden.get("target").get(target);
      assertThat(rows.rows()).isEqualTo(wanted.get("rows").asInt());
      assertThat(Arrays.stream(rows.longs("client_id")).distinct().count())
          .isEqualTo(wanted.get("clients").asLong());
      List<String> columns = new ArrayList<>();
      wanted.get("columns").forEach(column -> columns.add(column.asText()));
      assertThat(rows.values().keySet()).containsExactlyElementsOf(columns);
    }
  }

  @Test
  void buildsTheLabelFilesOfTheReference() throws IOException {
    Path golden = GoldenData.golden("raw");
    Path raw = copyTables(golden, folder.resolve("raw"));

    split(raw, 14, OptionalLong.empty());

    for (String what : List.of("category", "price", "sku")) {
      String labels = PropensityTargets.labelFile(what);
      String popularity = PropensityTargets.popularityFile(what);
      assertThat(Npy.readLongs(raw.resolve("target").resolve(labels)))
          .isEqualTo(Npy.readLongs(golden.resolve("target").resolve(labels)));
      assertThat(Npy.readDoubles(raw.resolve("target").resolve(popularity)))
          .isEqualTo(Npy.readDoubles(golden.resolve("target").resolve(popularity)));
    }
    assertThat(Npy.readLongs(raw.resolve("target/active_clients.npy")))
        .isEqualTo(Npy.readLongs(golden.resolve("target/active_clients.npy")));
    // the reference's new skus are filled up with old ones, behind the truly new
    long[] ours = Npy.readLongs(raw.resolve("target/propensity_new_sku.npy"));
    long[] filledUp = Npy.readLongs(golden.resolve("target/propensity_new_sku.npy"));
    assertThat(ours).isNotEmpty().isEqualTo(Arrays.copyOf(filledUp, ours.length));
    assertThat(ours).containsExactly(longs(new PlainTargets(raw).newSkus().ids()));
  }

  @Test
  void writesWhatTheGeneratorWroteAsItWent() throws IOException {
    Path made = shop("made");
    Path again = copyTables(made, folder.resolve("again"));

    SplitSummary summary = split(again, 14, OptionalLong.empty());

    assertThat(summary.unknownProducts()).isPositive();
    for (EventKind kind : EventKind.values()) {
      String file = "input/" + kind.tableName() + ".parquet";
      assertThat(ReadTable.read(again.resolve(file))).isEqualTo(ReadTable.read(made.resolve(file)));
    }
    for (String file : List.of("target/train_target.parquet", "target/validation_target.parquet")) {
      assertThat(ReadTable.read(again.resolve(file))).isEqualTo(ReadTable.read(made.resolve(file)));
    }
    for (String what : KINDS) {
      for (String name :
          List.of(PropensityTargets.labelFile(what), PropensityTargets.popularityFile(what))) {
        assertThat(again.resolve("target").resolve(name))
            .hasSameBinaryContentAs(made.resolve("target").resolve(name));
      }
    }
  }

  @Test
  void cutsWhereTheEndAndTheDaysSay() {
    Path shop = shop("shop");
    PlainTargets plain = new PlainTargets(shop);
    ChallengeSplit split = ChallengeSplit.of(SplitRequest.parseEnd("2022-10-31"), 7);

    SplitSummary summary = split(shop, 7, OptionalLong.of(SplitRequest.parseEnd("2022-10-31")));

    assertThat(summary.trainTargetStart()).isEqualTo("2022-10-18T00:00:00Z");
    assertThat(summary.validationTargetStart()).isEqualTo("2022-10-25T00:00:00Z");
    SplitSummary.Rows rows = summary.rows().get("product_buy");
    assertThat(rows.train()).isEqualTo(count(plain, split, Part.TRAIN_TARGET));
    assertThat(rows.validation()).isEqualTo(count(plain, split, Part.VALIDATION_TARGET));
    assertThat(rows.afterEnd()).isEqualTo(count(plain, split, Part.AFTER_END)).isPositive();
  }

  @Test
  void makesItsOwnLabelsAgainAndKeepsThoseOfOthers() {
    Path shop = shop("shop");
    Path own = shop.resolve("target/propensity_sku.npy");
    assertThat(split(shop, 14, OptionalLong.empty()).kept()).contains("propensity_sku.npy");
    remove(own);
    remove(shop.resolve("target/popularity_propensity_sku.npy"));
    assertThat(split(shop, 14, OptionalLong.empty()).made()).contains("propensity_sku.npy");
    long[] before = Npy.readLongs(own);

    SplitSummary summary = split(shop, 3, OptionalLong.empty());

    assertThat(summary.made())
        .contains("propensity_sku.npy")
        .doesNotContain("propensity_price.npy");
    assertThat(Npy.readLongs(own)).isNotEqualTo(before);
    assertThat(SplitSummary.read(shop.resolve("target"))).contains(summary);
  }

  @Test
  void saysWhatIsMissing() throws IOException {
    assertFails(folder.resolve("nowhere"), 14, "there is no such folder");
    Path shop = shop("shop");
    assertFails(shop, 90, "nothing would be left as input");
    Files.delete(shop.resolve("product_buy.parquet"));
    assertFails(shop, 14, "wanted a purchase");
    assertThatThrownBy(() -> new SplitRequest(shop, 0, OptionalLong.empty()))
        .hasMessageContaining("days must be in 1..3650, was 0");
    assertThatThrownBy(() -> SplitRequest.parseEnd("19.11.2022"))
        .isInstanceOf(PluginException.class)
        .hasMessageContaining("was '19.11.2022'");
  }

  private void assertFails(Path data, int days, String message) {
    assertThatThrownBy(() -> split(data, days, OptionalLong.empty()))
        .isInstanceOf(PluginException.class)
        .hasMessageContaining(message);
  }

  private static SplitSummary split(Path data, int days, OptionalLong end) {
    try (HostMemory memory = HostMemory.withLimit(Long.MAX_VALUE)) {
      return new LogSplit(new SplitRequest(data, days, end), StoreOptions.of(memory.work()))
          .write();
    }
  }

  private Path shop(String name) {
    Path shop = folder.resolve(name);
    SyntheticShop.write(ShopPreset.TINY.plan(), shop, false, 2, ProgressDisplay.silent());
    return shop;
  }

  private static long count(PlainTargets plain, ChallengeSplit split, Part part) {
    return plain.purchases.stream().filter(buy -> split.part(buy.micros()) == part).count();
  }

  /** The tables at the top and the list of relevant clients: what a folder has before a split. */
  private static Path copyTables(Path from, Path to) throws IOException {
    Files.createDirectories(to.resolve("input"));
    try (Stream<Path> files = Files.list(from)) {
      Set<Path> tables =
          files.filter(file -> file.toString().endsWith(".parquet")).collect(Collectors.toSet());
      for (Path table : tables) {
        Files.copy(table, to.resolve(table.getFileName()));
      }
    }
    Files.copy(
        from.resolve("input/relevant_clients.npy"), to.resolve("input/relevant_clients.npy"));
    return to;
  }

  private static void remove(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static long[] longs(List<Long> ids) {
    return ids.stream().mapToLong(Long::longValue).toArray();
  }

  private static String text(long micros) {
    return SplitSummary.time(micros).replace('T', ' ').replace("Z", "");
  }
}
