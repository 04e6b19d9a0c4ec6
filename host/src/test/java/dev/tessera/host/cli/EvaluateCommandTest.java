package dev.tessera.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tessera.api.Npy;
import dev.tessera.host.arrow.HostMemory;
import dev.tessera.host.evaluate.EmbeddingMatrix;
import dev.tessera.host.evaluate.Evaluations;
import dev.tessera.host.evaluate.ProbeKind;
import dev.tessera.host.evaluate.TargetFolder;
import dev.tessera.host.evaluate.Task;
import dev.tessera.host.natives.CudaDriver;
import dev.tessera.host.progress.ProgressDisplay;
import dev.tessera.host.progress.WatchingDisplay;
import dev.tessera.host.split.ReadTable;
import dev.tessera.host.store.EmbeddingFolder;
import dev.tessera.host.synth.ShopPreset;
import dev.tessera.host.synth.SyntheticShop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user sees of an evaluation, and of input that cannot be evaluated. */
class EvaluateCommandTest {

  @TempDir static Path folder;
  private static Path data;
  private static Path counts;
  private static Path noise;

  @BeforeAll
  static void makeEmbeddings() throws IOException {
    data = folder.resolve("data");
    SyntheticShop.write(ShopPreset.TINY.plan(), data, false, 2, ProgressDisplay.silent());
    long[] relevant = Npy.readLongs(data.resolve("input/relevant_clients.npy"));
    Map<Long, Integer> rowOf = new HashMap<>();
    for (int row = 0; row < relevant.length; row++) {
      rowOf.put(relevant[row], row);
    }
    float[] values = new float[relevant.length * 2];
    int column = 0;
    for (String table : new String[] {"product_buy", "page_visit"}) {
      for (long client :
          ReadTable.read(data.resolve("input").resolve(table + ".parquet")).longs("client_id")) {
        if (rowOf.containsKey(client)) {
          values[rowOf.get(client) * 2 + column]++;
        }
      }
      column++;
    }
    counts = write("counts", relevant, values, 2);
    Random random = new Random(1);
    float[] chance = new float[relevant.length * 3];
    for (int i = 0; i < chance.length; i++) {
      chance[i] = (float) random.nextGaussian();
    }
    noise = write("noise", relevant, chance, 3);
  }

  private static Path write(String name, long[] clients, float[] values, int dimension)
      throws IOException {
    Path entry = Files.createDirectory(folder.resolve(name));
    Npy.write(entry.resolve("client_ids.npy"), clients, clients.length);
    Npy.write(entry.resolve("embeddings.npy"), values, values.length / dimension, dimension);
    return entry;
  }

  @Test
  void scoresAllTasksAndTellsSignalFromNoise() throws IOException {
    CommandRun run =
        CommandRun.of("evaluate", counts, noise, "--data", data, "--probe", "linear", "--json");
    assertThat(run.code()).as(run.err()).isZero();
    JsonNode results = new ObjectMapper().readTree(run.out());
    assertThat(results).hasSize(2);
    JsonNode good = results.get(0);
    assertThat(good.get("embedding").asText()).isEqualTo(counts.toString());
    assertThat(good.get("probe").asText()).isEqualTo("LINEAR");
    assertThat(good.get("seeds").asInt()).isEqualTo(1);
    assertThat(good.get("tasks")).hasSize(6);
    double sum = 0;
    for (JsonNode task : good.get("tasks")) {
      double score = task.get("score").asDouble();
      sum += score;
      assertThat(task.get("interval").get("low").asDouble()).isLessThan(score + 0.02);
      assertThat(task.get("interval").get("high").asDouble()).isGreaterThan(score - 0.02);
    }
    assertThat(good.get("sum").asDouble())
        .isCloseTo(sum, org.assertj.core.api.Assertions.within(1e-9));
    double signal = good.get("tasks").get(1).get("auroc").asDouble();
    double chance = results.get(1).get("tasks").get(1).get("auroc").asDouble();
    assertThat(signal).isGreaterThan(0.75);
    assertThat(chance).isBetween(0.4, 0.62);
  }

  @Test
  void saysWhichProbeWasUsedAndWhatHasNoScore() throws IOException {
    CommandRun run =
        CommandRun.of(
            "evaluate",
            counts,
            "--data",
            data,
            "--probe",
            "linear",
            "--tasks",
            "conversion,propensity_sku");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("logistic regression (the quick probe; not the challenge's network)")
        .contains("conversion")
        .contains("propensity_sku")
        .contains("sum")
        .doesNotContain("churn");
  }

  @Test
  void eachFitIsShownAsProgress() {
    AtomicLong done = new AtomicLong();
    WatchingDisplay display = new WatchingDisplay(done::addAndGet);
    List<Task> tasks = List.of(Task.of("conversion"), Task.of("propensity_price"));
    try (HostMemory memory = HostMemory.withLimit(Long.MAX_VALUE)) {
      TargetFolder targets = TargetFolder.read(data, memory.work());
      EmbeddingMatrix matrix = EmbeddingMatrix.open("counts", new EmbeddingFolder(counts));
      for (ProbeKind probe : List.of(ProbeKind.SMALL, ProbeKind.LINEAR)) {
        var unused =
            new Evaluations(
                    targets,
                    new Evaluations.Options(tasks, probe, 2, "cpu", 1, () -> false, display))
                .evaluate(matrix);
      }
    }
    assertThat(display.starts())
        .containsExactly("evaluating counts, 4 fits", "evaluating counts, 2 fits");
    assertThat(done).hasValue(6);
    // within a fit, which may take minutes
    assertThat(display.notes())
        .contains(
            "conversion, epoch 1 of 3, client 0 of 2,000",
            "propensity_price, epoch 3 of 3, client 1,920 of 2,000",
            "penalty 0.1");
  }

  @Test
  void probesAreNamedAsTheyAreWritten() {
    CommandRun wrong = CommandRun.of("evaluate", counts, "--probe", "huge");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("[linear, small, full]");
    assertThat(CommandRun.of("evaluate", "--help").out()).contains("default: full");
  }

  @Test
  void dataWithoutAListOfRelevantClientsIsToldWhatToDo() throws IOException {
    Path bare = Files.createDirectory(folder.resolve("bare"));
    CommandRun run = CommandRun.of("validate", counts, "--data", bare);
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out())
        .contains(bare.resolve("input/relevant_clients.npy").toString(), "leave out --data");
  }

  @Test
  void namesWhatCannotBeEvaluated() throws IOException {
    assertFails("give it with --data", "evaluate", counts);
    assertFails(
        "no task is named 'churm'; there are: churn",
        "evaluate",
        counts,
        "--data",
        data,
        "--tasks",
        "churm");
    assertFails(
        "seeds must be in 1..100, was 0", "evaluate", counts, "--data", data, "--seeds", "0");
    assertFails("found none of them", "evaluate", folder.resolve("nowhere"), "--data", data);
    assertFails("there is no such folder", "data", "split", folder.resolve("nowhere"));

    long[] clients = Npy.readLongs(counts.resolve("client_ids.npy"));
    Path nan = write("nan", new long[] {clients[0]}, new float[] {1, Float.NaN}, 2);
    assertFails(
        "wanted finite values, found NaN in column 1 for client " + clients[0],
        "evaluate",
        nan,
        "--data",
        data);
    Path lengths = write("lengths", new long[] {clients[0]}, new float[] {1, 2, 3, 4}, 2);
    assertFails(
        "wanted as many rows as client_ids.npy has clients (1), found 2",
        "evaluate",
        lengths,
        "--data",
        data);
    Path one = write("one", new long[] {clients[0]}, new float[] {1, 2}, 2);
    assertFails("no task can be scored: churn: ", "evaluate", one, "--data", data);
  }

  @Test
  void computesWhereItIsToldToAndRefusesAGpuThatIsNotThere() {
    String[] scores = new String[2];
    String[] devices = {"auto", "cpu"};
    for (int i = 0; i < devices.length; i++) {
      CommandRun run =
          CommandRun.of(
              "evaluate",
              counts,
              "--data",
              data,
              "--probe",
              "small",
              "--seeds",
              1,
              "--tasks",
              "conversion",
              "--json",
              "--device",
              devices[i]);
      assertThat(run.code()).as(run.err()).isZero();
      assertThat(run.err()).containsPattern("peak [\\d,]+ MB of [\\d,]+ MB");
      scores[i] = run.out().replaceAll("\"seconds\".*", "");
    }
    if (CudaDriver.find().isEmpty()) {
      assertThat(scores[0]).isEqualTo(scores[1]);
    }
    // before the folder is looked at
    assertFails(
        "device cuda:999 was asked for, found",
        "evaluate",
        folder.resolve("nowhere"),
        "--device",
        "cuda:999");
    assertFails("device cuda:999 was asked for, found", "compare", folder, "--device", "cuda:999");
    CommandRun unknown = CommandRun.of("compare", folder, "--device", "gpu");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("device must be auto, cpu or cuda:N, was 'gpu'");
  }

  @Test
  void refusesALimitBelowTheHeapAndOneThatIsNone() {
    for (String[] command :
        new String[][] {{"evaluate"}, {"compare"}, {"report"}, {"data", "split"}}) {
      List<Object> arguments = new ArrayList<>(List.of(command));
      arguments.addAll(List.of(data, "--memory-limit"));
      arguments.add("20M");
      CommandRun small = CommandRun.of(arguments.toArray());
      assertThat(small.code()).isEqualTo(2);
      assertThat(small.err()).contains("wanted a memory limit of at least 480M, found 20M");
      arguments.set(arguments.size() - 1, "plenty");
      CommandRun none = CommandRun.of(arguments.toArray());
      assertThat(none.code()).isEqualTo(2);
      assertThat(none.err()).contains("memory-limit must be like 12G, 900M or 60%, was 'plenty'");
    }
  }

  @Test
  void validatesAsTheChallengeDoes() {
    CommandRun run = CommandRun.of("validate", counts, "--data", data);
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out())
        .contains("FAILED  embeddings.npy: wanted float16 (<f2), found <f4 [2000, 2]")
        .contains("is no valid entry: 1 failure")
        .doesNotContain("1 failures");
  }

  private static void assertFails(String message, Object... arguments) {
    CommandRun run = CommandRun.of(arguments);
    assertThat(run.code()).as(run.out()).isNotZero();
    assertThat(run.err()).contains(message).doesNotContain("\tat ");
  }
}
