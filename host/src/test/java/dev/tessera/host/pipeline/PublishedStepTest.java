package dev.tessera.host.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.EmbeddingBatch;
import dev.tessera.api.Embeddings;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.Npy;
import dev.tessera.api.PluginException;
import dev.tessera.host.config.ConfigOverride;
import dev.tessera.host.config.DeviceName;
import dev.tessera.host.config.MemoryLimit;
import dev.tessera.host.data.DataSource.Mode;
import dev.tessera.host.files.FileTree;
import dev.tessera.host.pipeline.StepOutcome.Status;
import dev.tessera.host.progress.ProgressDisplay;
import dev.tessera.host.publish.ForeignRun;
import dev.tessera.host.publish.PublicationStore;
import dev.tessera.host.store.ArrivingEmbedding;
import dev.tessera.host.store.MappedEmbedding;
import dev.tessera.host.synth.ShopPreset;
import dev.tessera.host.synth.SyntheticShop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A step whose embedding was put into a store, and a merge that reads it. */
class PublishedStepTest {

  @TempDir static Path shared;

  @TempDir private Path folder;
  private PublicationStore store;
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
    SamplePlugins.write(shared.resolve("plugins"));
  }

  @BeforeEach
  void writeConfig() throws IOException {
    store = new PublicationStore(folder.resolve("store"));
    config = folder.resolve("run.yaml");
    Files.writeString(
        config,
        """
        steps:
          tile: {plugin: tile, width: 2}
          python: {plugin: published, embedding: '%s'}
          both: {plugin: join, inputs: [tile, python]}
        """
            .formatted(store.root().resolve("python_model")));
  }

  @Test
  void aMergeReadsWhatWasPutAndClientsWithoutAVectorHaveZeros() throws IOException {
    long[] relevant = Npy.readLongs(shared.resolve("shop/input/relevant_clients.npy"));
    put(relevant[0], 5);
    RunSession.Result result = run("out");
    assertThat(result.manifest().steps()).allMatch(step -> step.status() == Status.DONE);
    Map<Long, Float> values = column(result, "python", 0);
    assertThat(values).hasSize(relevant.length).containsEntry(relevant[0], 5f);
    assertThat(values.get(relevant[1])).isZero();
    assertThat(column(result, "both", 0).values()).containsOnly(2f); // join counts its inputs
  }

  @Test
  void theCacheFollowsTheContentNotTheName() throws IOException {
    long[] relevant = Npy.readLongs(shared.resolve("shop/input/relevant_clients.npy"));
    put(relevant[0], 5);
    run("first");
    assertThat(run("second").manifest().steps()).allMatch(step -> step.status() == Status.CACHED);
    put(relevant[0], 6);
    RunSession.Result third = run("third");
    assertThat(third.manifest().steps())
        .extracting(StepOutcome::status)
        .containsExactly(Status.CACHED, Status.DONE, Status.DONE);
    assertThat(column(third, "python", 0)).containsEntry(relevant[0], 6f);
    store.rollback("python_model", 1);
    assertThat(run("fourth").manifest().steps()).allMatch(step -> step.status() == Status.CACHED);
  }

  @Test
  void theSavedModelEmbedsWithoutTheStore() throws IOException {
    long[] relevant = Npy.readLongs(shared.resolve("shop/input/relevant_clients.npy"));
    put(relevant[0], 5);
    run("out");
    FileTree.delete(store.root());
    EmbedRequest request =
        new EmbedRequest(
            folder.resolve("out"),
            folder.resolve("again"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            folder.resolve("workspace"),
            List.of(shared.resolve("plugins")),
            1,
            new DeviceName("cpu"),
            new MemoryLimit("6G"),
            ProgressDisplay.silent(),
            () -> false,
            outcome -> {});
    RunSession.Result again = new EmbedSession(request, "test").execute();
    assertThat(again.manifest().steps()).allMatch(step -> step.status() == Status.DONE);
    assertThat(column(again, "python", 0)).containsEntry(relevant[0], 5f);
  }

  @Test
  void aNameThatIsNotThereStopsTheRunBeforeAnyWork() {
    assertThatThrownBy(() -> run("out"))
        .isInstanceOfSatisfying(
            PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIG))
        .hasMessageContaining("no embedding at '" + store.root().resolve("python_model") + "'");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  private void put(long client, float value) {
    try (RootAllocator memory = new RootAllocator()) {
      store.add(
          "python_model",
          "test",
          false,
          run ->
              new ForeignRun("python_model", 1, List.of(), "test")
                  .write(run, target -> row(target, client, value, memory), memory));
    }
  }

  private static void row(
      ArrivingEmbedding target, long client, float value, RootAllocator memory) {
    EmbeddingBatch batch = EmbeddingBatch.allocate(memory, 1, 1);
    batch.clientIds().set(0, client);
    batch.values().set(0, value);
    target.accept(batch);
    batch.clientIds().close();
    batch.embeddings().close();
  }

  private Map<Long, Float> column(RunSession.Result result, String step, int column) {
    Map<Long, Float> values = new TreeMap<>();
    try (RootAllocator memory = new RootAllocator();
        MappedEmbedding mapped =
            MappedEmbedding.open(result.folder().step(Mode.SUBMIT, step), step, memory)) {
      Embeddings embeddings = mapped.embeddings();
      for (EmbeddingBatch batch : embeddings.batches()) {
        for (int row = 0; row < batch.rows(); row++) {
          float value = batch.values().get(row * embeddings.dimension() + column);
          values.put(batch.clientIds().get(row), value);
        }
      }
    }
    return values;
  }

  private RunSession.Result run(String out) {
    RunRequest request =
        new RunRequest(
            List.of(config),
            List.of(
                ConfigOverride.parse("data=" + shared.resolve("shop")),
                ConfigOverride.parse("out=" + folder.resolve(out)),
                ConfigOverride.parse("workspace=" + folder.resolve("workspace"))),
            RunPlan.Selection.ALL,
            List.of(shared.resolve("plugins")),
            1,
            ProgressDisplay.silent(),
            () -> false,
            outcome -> {});
    return new RunSession(request, "test").execute();
  }
}
