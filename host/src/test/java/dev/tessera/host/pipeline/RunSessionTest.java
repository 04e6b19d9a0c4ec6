package dev.tessera.host.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.tessera.api.Npy;
import dev.tessera.api.PluginException;
import dev.tessera.host.config.ConfigOverride;
import dev.tessera.host.data.DataSource.Mode;
import dev.tessera.host.pipeline.StepOutcome.Status;
import dev.tessera.host.plugin.PluginSources;
import dev.tessera.host.progress.ProgressDisplay;
import dev.tessera.host.store.EmbeddingFolder;
import dev.tessera.host.synth.ShopPreset;
import dev.tessera.host.synth.SyntheticShop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs on a small shop with small plugins: what is cached, what a failure costs, what is left. */
class RunSessionTest {

  private static final long ENDED = Long.MAX_VALUE / 10_000;

  @TempDir static Path shared;

  @TempDir private Path folder;

  private Path config;

  @BeforeAll
  static void makeDataAndPlugins() {
    SyntheticShop.write(
        ShopPreset.TINY.plan().withRelevantClients(100).withDays(35),
        shared.resolve("shop"),
        false,
        1,
        ProgressDisplay.silent(),
        () -> false);
    Path plugins = SamplePlugins.write(shared.resolve("plugins"));
    PluginSources.changed(
            "nan",
            "columnNames",
            "if (width == 2) return List.of(\"good\", \"odd\");",
            "embed",
            """
            try (EmbeddingWriter out = new EmbeddingWriter(context.allocator(), width, sink)) {
              for (int i = 0; i < clients.size(); i++) {
                out.write(clients.id(i), new float[] {1e6f, i == 3 ? Float.NaN : 0});
              }
              out.finish();
              if (true) return;
            }
            """)
        .write(plugins.resolve("nan.jar"));
  }

  @BeforeEach
  void writeConfig() throws IOException {
    config = folder.resolve("run.yaml");
    Files.writeString(
        config,
        """
        steps:
          a: {plugin: tile, width: 2}
          b: {plugin: tile, width: 3}
          both: {plugin: join, inputs: [a, b]}
          a_alone: {plugin: join, inputs: [a]}
        """);
  }

  @AfterEach
  void clear() {
    List.of(SamplePlugins.FAILING, SamplePlugins.LEAKING, SamplePlugins.SIZELESS)
        .forEach(System::clearProperty);
  }

  @Test
  void takesEverythingFromTheCacheTheSecondTime() {
    assertThat(statuses(run("first")))
        .containsOnly(
            entry("a", Status.DONE),
            entry("b", Status.DONE),
            entry("both", Status.DONE),
            entry("a_alone", Status.DONE));
    RunSession.Result again = run("second");
    assertThat(statuses(again).values()).containsOnly(Status.CACHED);
    assertThat(again.isComplete()).isTrue();
    assertThat(folder.resolve("second/embeddings_submit/both/embeddings.npy"))
        .hasSameBinaryContentAs(folder.resolve("first/embeddings_submit/both/embeddings.npy"));
  }

  @Test
  void runsAChangedStepAndThoseThatReadItAndNothingElse() {
    run("out");
    assertThat(statuses(run("out", "steps.b.width=4")))
        .containsOnly(
            entry("a", Status.CACHED),
            entry("b", Status.DONE),
            entry("both", Status.DONE),
            entry("a_alone", Status.CACHED));
    assertThat(record("out", "b").dimension()).isEqualTo(4);
    assertThat(statuses(run("out", "seed=7")).values()).containsOnly(Status.DONE);
  }

  @Test
  void trainsOnceForTwoStepsThatAreTheSame() throws IOException {
    Files.writeString(
        config, "steps:\n  a: {plugin: tile}\n  b: {plugin: tile}\n  c: {plugin: tile}\n");
    RunSession.Result result = run("out");
    assertThat(result.isComplete()).isTrue();
    assertThat(names(folder.resolve("ws/steps"))).hasSize(1);
    assertThat(record("out", "a").key()).isEqualTo(record("out", "c").key());
  }

  @Test
  void aFailedStepLeavesTheOthersResultsAndTheNextRunGoesOnFromThere() throws IOException {
    System.setProperty(SamplePlugins.FAILING, "b");
    RunSession.Result failed = run("out");
    assertThat(failed.isComplete()).isFalse();
    assertThat(statuses(failed))
        .containsOnly(
            entry("a", Status.DONE),
            entry("b", Status.FAILED),
            entry("both", Status.NOT_RUN),
            entry("a_alone", Status.DONE));
    assertThat(outcome(failed, "b").why()).isEqualTo("[tile] fails as it was asked to");
    assertThat(names(folder.resolve("out/embeddings_submit"))).containsExactly("a", "a_alone");
    assertThat(Manifest.read(folder.resolve("out/manifest.json")).steps()).hasSize(4);
    assertThat(names(folder.resolve("ws/steps")))
        .as("two results, and the checkpoints of the step that failed")
        .hasSize(3)
        .noneMatch(name -> name.contains(".aside-"))
        .filteredOn(name -> name.endsWith(".checkpoint"))
        .hasSize(1);

    System.clearProperty(SamplePlugins.FAILING);
    assertThat(statuses(run("out")))
        .containsOnly(
            entry("a", Status.CACHED),
            entry("b", Status.DONE),
            entry("both", Status.DONE),
            entry("a_alone", Status.CACHED));
    assertThat(names(folder.resolve("ws/steps"))).noneMatch(name -> name.endsWith(".checkpoint"));
  }

  @Test
  void aPluginThatLeavesMemoryBehindIsNamed() {
    System.setProperty(SamplePlugins.LEAKING, "a");
    RunSession.Result failed = run("out");
    assertThat(outcome(failed, "a").status()).isEqualTo(Status.FAILED);
    assertThat(outcome(failed, "a").why())
        .startsWith("[tile] left 64 bytes of Arrow memory unreleased in step a");
    assertThat(outcome(failed, "b").status()).isEqualTo(Status.DONE);
  }

  @Test
  void aPluginThatCannotTellItsSizeFailsItsStepsAndNoOthers() throws IOException {
    Files.writeString(config, "steps:\n  a: {plugin: tile}\n  odd: {plugin: nan, width: 1}\n");
    System.setProperty(SamplePlugins.SIZELESS, "yes");
    RunSession.Result failed = run("out");
    assertThat(outcome(failed, "a").status()).isEqualTo(Status.FAILED);
    assertThat(outcome(failed, "a").why()).contains("[tile] memoryBytes failed", "sizeless");
    assertThat(outcome(failed, "odd").why()).doesNotContain("memoryBytes");
    assertThat(folder.resolve("out/manifest.json")).exists();
  }

  @Test
  void aValueThatIsNotFiniteFailsTheStepAndNamesColumnAndClient() throws IOException {
    Files.writeString(config, "steps:\n  a: {plugin: tile}\n  odd: {plugin: nan}\n");
    RunSession.Result failed = run("out");
    long fourth =
        Npy.readLongs(new EmbeddingFolder(folder.resolve("out/embeddings_submit/a")).clientIds())[
            3];
    assertThat(outcome(failed, "odd").why())
        .contains("step odd", "found NaN in column odd for client " + fourth);
    assertThat(folder.resolve("out/embeddings_submit/odd")).doesNotExist();
    assertThat(statuses(failed)).containsEntry("a", Status.DONE);
  }

  @Test
  void removesWhatKilledRunsLeftInWorkspaceAndOutput() throws IOException {
    Path inSteps = folder.resolve("ws/steps/0123.aside-" + ENDED + "-1");
    Path inOutput = folder.resolve("out/embeddings_submit/a.aside-" + ENDED + "-1");
    Path inStores = folder.resolve("ws/stores/4567.tmp-" + ENDED + "-1");
    for (Path left : List.of(inSteps, inOutput, inStores)) {
      Files.createDirectories(left);
      Files.writeString(left.resolve("embeddings.npy"), "half of it");
    }
    run("out");
    assertThat(List.of(inSteps, inOutput, inStores)).allMatch(left -> !Files.exists(left));
  }

  @Test
  void aStepWhoseRecordIsMissingIsNotTakenForWhole() throws IOException {
    run("out");
    Path result = folder.resolve("ws/steps").resolve(record("out", "a").key());
    Files.delete(result.resolve("step.json"));
    assertThat(statuses(run("again"))).containsEntry("a", Status.DONE);
    assertThat(result.resolve("step.json")).exists();
  }

  @Test
  void keepsNoScratchFiles() throws IOException {
    run("out");
    assertThat(names(folder.resolve("out/embeddings_submit/a")))
        .containsExactly(
            "client_ids.npy",
            "embeddings.arrow",
            "embeddings.npy",
            "embeddings.parquet",
            "model",
            "step.json");
  }

  @Test
  void leavesOutWhatIsNotAskedForAndCountsItAsMissingToAMerge() {
    RunSession.Result some = run("out", new RunPlan.Selection(Set.of("both"), Set.of()));
    assertThat(statuses(some)).containsOnlyKeys("a", "b", "both");
    float[] counted = Npy.readFloats(folder.resolve("out/embeddings_submit/both/embeddings.npy"));
    assertThat(counted).containsOnly(2);
    RunSession.Result merges = run("merges", new RunPlan.Selection(Set.of(), Set.of("join")));
    assertThat(statuses(merges)).containsOnlyKeys("both", "a_alone");
    assertThat(outcome(merges, "both").status()).isEqualTo(Status.SKIPPED);
    assertThat(outcome(merges, "both").why()).contains("none of its inputs");
  }

  @Test
  void aCancelledRunSaysSoAndKeepsWhatItHas() {
    AtomicBoolean stop = new AtomicBoolean();
    RunRequest request =
        request(
            "out",
            RunPlan.Selection.ALL,
            stop::get,
            outcome -> stop.compareAndSet(false, outcome.step().equals("a")));
    RunSession.Result stopped = new RunSession(request, "test").execute();
    assertThat(stopped.isComplete()).isFalse();
    assertThat(statuses(stopped))
        .containsEntry("a", Status.DONE)
        .containsEntry("both", Status.NOT_RUN);
    assertThat(statuses(run("out")))
        .containsEntry("a", Status.CACHED)
        .containsEntry("both", Status.DONE);
  }

  @Test
  void refusesALimitThatTheHeapAloneWouldPass() {
    long heapMegabytes = Math.max(480, Runtime.getRuntime().maxMemory() >> 20);
    assertThatThrownBy(() -> run("out", "memory-limit=" + heapMegabytes + "M"))
        .isInstanceOf(PluginException.class)
        .hasMessageContainingAll("memory-limit", "heap", "--memory-limit");
  }

  private RunSession.Result run(String out, String... overrides) {
    return new RunSession(
            request(out, RunPlan.Selection.ALL, () -> false, outcome -> {}, overrides), "test")
        .execute();
  }

  private RunSession.Result run(String out, RunPlan.Selection selection) {
    return new RunSession(request(out, selection, () -> false, outcome -> {}), "test").execute();
  }

  private RunRequest request(
      String out,
      RunPlan.Selection selection,
      BooleanSupplier cancelled,
      Consumer<StepOutcome> listener,
      String... overrides) {
    List<ConfigOverride> values =
        Stream.concat(
                Stream.of(
                    "data=" + shared.resolve("shop"),
                    "out=" + folder.resolve(out),
                    "workspace=" + folder.resolve("ws")),
                Arrays.stream(overrides))
            .map(ConfigOverride::parse)
            .toList();
    return new RunRequest(
        List.of(config),
        values,
        selection,
        List.of(shared.resolve("plugins")),
        2,
        ProgressDisplay.silent(),
        cancelled,
        listener);
  }

  private static Map<String, Status> statuses(RunSession.Result result) {
    Map<String, Status> statuses = new LinkedHashMap<>();
    result.manifest().steps().forEach(step -> statuses.put(step.step(), step.status()));
    return statuses;
  }

  private static StepOutcome outcome(RunSession.Result result, String step) {
    return result.manifest().steps().stream()
        .filter(outcome -> outcome.step().equals(step))
        .findFirst()
        .orElseThrow();
  }

  private StepRecord record(String out, String step) {
    return StepRecord.read(new RunFolder(folder.resolve(out)).step(Mode.SUBMIT, step));
  }

  private static List<String> names(Path parent) throws IOException {
    try (Stream<Path> children = Files.list(parent)) {
      return children.map(child -> child.getFileName().toString()).sorted().toList();
    }
  }
}
