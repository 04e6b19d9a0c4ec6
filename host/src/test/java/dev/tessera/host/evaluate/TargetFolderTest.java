package dev.tessera.host.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tessera.api.Npy;
import dev.tessera.api.PluginException;
import dev.tessera.api.testkit.GoldenData;
import dev.tessera.host.arrow.HostMemory;
import dev.tessera.host.progress.ProgressDisplay;
import dev.tessera.host.synth.ShopPreset;
import dev.tessera.host.synth.SyntheticShop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Targets against the organisers' figures, and what is said of folders that do not fit. */
class TargetFolderTest {

  @TempDir Path folder;

  @Test
  void countsThePositivesOfTheReference() throws IOException {
    Path data = ReferenceData.split(folder.resolve("raw"));
    JsonNode expected =
        new ObjectMapper().readTree(GoldenData.golden("split/split.json").toFile()).get("target");
    long[] relevant = Npy.readLongs(data.resolve("input/relevant_clients.npy"));

    for (TaskData task : tasks(data, relevant)) {
      assertThat(task.whyNot()).isEmpty();
      assertPositives(task.task(), task.train(), expected.get("train_target"));
      assertPositives(task.task(), task.validation(), expected.get("validation_target"));
    }
  }

  private static void assertPositives(Task task, TargetMatrix matrix, JsonNode window) {
    if (!task.isPropensity()) {
      assertThat(matrix.positives(0).length)
          .isEqualTo(window.get(task.label() + "_positives").asInt());
      assertThat(matrix.rows()).isEqualTo(window.get(task.label() + "_clients").asInt());
      return;
    }
    JsonNode counts = window.get(task.label()).get("positives_per_label");
    assertThat(matrix.labels()).isEqualTo(counts.size());
    for (int label = 0; label < counts.size(); label++) {
      assertThat(matrix.positives(label).length)
          .as("%s, label %d", task, label)
          .isEqualTo(counts.get(label).asInt());
    }
  }

  @Test
  void saysWhyATaskCannotBeScored() throws IOException {
    Path data = shop();
    Files.delete(data.resolve("target/propensity_price.npy"));
    Files.delete(data.resolve("target/active_clients.npy"));
    Npy.write(data.resolve("target/propensity_new_sku.npy"), new long[0], 0);
    Npy.write(data.resolve("target/popularity_propensity_new_sku.npy"), new double[0], 0);
    long[] relevant = Npy.readLongs(data.resolve("input/relevant_clients.npy"));

    assertThat(whyNot(data, Task.PROPENSITY_PRICE, relevant))
        .contains("propensity_price.npy", "'tessera data split' makes it");
    assertThat(whyNot(data, Task.CHURN, relevant)).contains("no ", "active_clients.npy");
    assertThat(whyNot(data, Task.PROPENSITY_NEW_SKU, relevant)).contains("has 0 labels");
    assertThat(whyNot(data, Task.CONVERSION, new long[] {relevant[0]}))
        .contains("of 1 clients bought in the train target, so there is one class only");
    assertThat(whyNot(data, Task.PROPENSITY_SKU, new long[] {relevant[0]}))
        .contains("none of these 1 clients bought one of its 100 labels");
  }

  @Test
  void refusesTargetsThatAreMissingOrOfAnotherSplit() throws IOException {
    Path data = shop();
    long[] relevant = Npy.readLongs(data.resolve("input/relevant_clients.npy"));
    Files.copy(
        data.resolve("product_buy.parquet"),
        data.resolve("input/product_buy.parquet"),
        StandardCopyOption.REPLACE_EXISTING);
    assertFails(data, relevant, "wanted the targets of the split that made");
    Files.delete(data.resolve("target/validation_target.parquet"));
    assertFails(data, relevant, "found no validation_target.parquet; run 'tessera data split");
  }

  @Test
  void refusesLabelsThatDoNotFit() {
    Path data = shop();
    long[] relevant = Npy.readLongs(data.resolve("input/relevant_clients.npy"));
    Npy.write(data.resolve("target/popularity_propensity_sku.npy"), new double[] {1, 2}, 2);
    assertFails(data, relevant, "wanted a share for each of the 100 labels");
    Npy.write(data.resolve("target/propensity_sku.npy"), new long[] {-7, -8}, 2);
    assertFails(data, relevant, "none of its 2 ids occurs among the sku ids of the targets");
    Npy.write(data.resolve("target/propensity_sku.npy"), new long[] {-7, -7}, 2);
    assertFails(data, relevant, "wanted each id once, found -7 twice");
  }

  @Test
  void refusesClientsThatTheDataLacksOrThatOccurTwice() {
    Path data = shop();
    long[] relevant = Npy.readLongs(data.resolve("input/relevant_clients.npy"));
    assertFails(data, new long[] {relevant[0], -5, -6}, "2 of its clients (the first is -5)");
    assertFails(data, new long[] {relevant[0], relevant[0]}, "wanted each client once");
  }

  private static void assertFails(Path data, long[] clients, String message) {
    assertThatThrownBy(() -> tasks(data, clients))
        .isInstanceOf(PluginException.class)
        .hasMessageContaining(message);
  }

  private static String whyNot(Path data, Task task, long[] clients) {
    return tasks(data, clients).stream()
        .filter(found -> found.task() == task)
        .findFirst()
        .orElseThrow()
        .whyNot()
        .orElse("");
  }

  private static List<TaskData> tasks(Path data, long[] clients) {
    try (HostMemory memory = HostMemory.withLimit(Long.MAX_VALUE)) {
      EmbeddingMatrix matrix = EmbeddingMatrix.of("test", clients, 1, new float[clients.length]);
      return TargetFolder.read(data, memory.work()).tasks(matrix, Task.all());
    }
  }

  private Path shop() {
    Path shop = folder.resolve("shop");
    SyntheticShop.write(ShopPreset.TINY.plan(), shop, false, 2, ProgressDisplay.silent());
    return shop;
  }
}
