package dev.tessera.plugin.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.Embeddings;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.api.TrainingReport;
import dev.tessera.api.testkit.CollectingSink;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.plugin.merge.MergeInput.PcaSolver;
import dev.tessera.plugin.merge.MergeInput.ScalerKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MergeStageTest {

  @TempDir Path folder;

  private final TestContext context = new TestContext(2, 42);
  private final EmbeddingFixture left =
      EmbeddingFixture.of(
          context.allocator(),
          "left",
          new long[] {1, 3, 5, 9},
          new float[][] {{2, 10}, {4, 20}, {0, 0}, {100, 200}},
          "x",
          "y");
  private final EmbeddingFixture right =
      EmbeddingFixture.of(
          context.allocator(), "right", new long[] {3, 4}, new float[][] {{7}, {8}});
  private final EmbeddingFixture zeros =
      EmbeddingFixture.of(
          context.allocator(), "zeros", new long[] {3, 4}, new float[][] {{0, 0}, {0, 0}});

  @AfterEach
  void close() {
    left.close();
    right.close();
    zeros.close();
    context.close();
  }

  @Test
  void joinsByClientAndImputesMeansOfTheSelectedClients() {
    MergeConfig config =
        MergeConfigs.mean(MergeConfigs.weighted("left", 1), MergeConfigs.weighted("right", 0.5));
    CollectingSink sink = fitAndMerge(config, ClientSelection.of(7, 5, 4, 3, 1), left, right);
    assertThat(sink.ids()).containsExactly(1, 3, 4, 5, 7);
    // client 9 is not selected; client 5's row is zero, so both count in no mean
    assertThat(sink.vectors())
        .containsExactly(
            new float[] {2, 10, 3.75f},
            new float[] {4, 20, 3.5f},
            new float[] {3, 15, 4},
            new float[] {3, 15, 3.75f},
            new float[] {3, 15, 3.75f});
  }

  @Test
  void imputesMediansOverAnEvenNumberOfRows() {
    MergeConfig config =
        new MergeConfig(
            List.of(MergeConfigs.weighted("left", 1)),
            MergeConfig.Imputer.MEDIAN,
            0,
            MergeConfig.OnMissing.ERROR);
    CollectingSink sink = fitAndMerge(config, ClientSelection.of(1, 2, 3, 9), left);
    assertThat(sink.vector(2)).containsExactly(4, 20);
    sink = fitAndMerge(config, ClientSelection.of(1, 2, 3), left);
    assertThat(sink.vector(2)).containsExactly(3, 15);
  }

  @Test
  void imputesAConstant() {
    MergeConfig config = MergeConfigs.constant(-1, MergeConfigs.weighted("left", 2));
    assertThat(fitAndMerge(config, ClientSelection.of(2, 3), left).vectors())
        .containsExactly(new float[] {-1, -1}, new float[] {8, 40});
  }

  @Test
  void namesColumnsByStepAndByTheInputsOwnNames() {
    try (MergeStage merge =
        stage(
            MergeConfigs.mean(
                MergeConfigs.weighted("left", 1), MergeConfigs.weighted("right", 1)))) {
      merge.fit(embeddings(left, right), ClientSelection.of(1));
      assertThat(merge.columnNames()).containsExactly("left_x", "left_y", "right_0");
    }
    try (MergeStage merge =
        stage(MergeConfigs.mean(MergeConfigs.pca("left", 1, PcaSolver.FULL, ScalerKind.NONE)))) {
      merge.fit(embeddings(left), ClientSelection.of(1));
      assertThat(merge.columnNames()).containsExactly("left_0");
    }
  }

  @Test
  void refusesAMissingInput() {
    MergeConfig config =
        MergeConfigs.mean(MergeConfigs.weighted("left", 1), MergeConfigs.weighted("right", 1));
    assertFails(
        () -> fitAndMerge(config, ClientSelection.of(1), left),
        ErrorCode.INVALID_INPUT,
        "[test] input right is missing: its step was skipped for want of events (there are: left);"
            + " take it out of inputs, or set on-missing: skip to go on without it");
  }

  @Test
  void leavesOutTheColumnsOfAMissingInputWhenToldTo() {
    MergeConfig config =
        MergeConfigs.skipping(MergeConfigs.weighted("right", 1), MergeConfigs.weighted("left", 1));
    try (MergeStage merge = stage(config)) {
      TrainingReport report = merge.fit(embeddings(left), ClientSelection.of(1));
      assertThat(report.notes()).contains("input right has no rows: its columns were left out");
      assertThat(merge.columnNames()).containsExactly("left_x", "left_y");
    }
  }

  @Test
  void imputesAnInputThatIsMissingOnlyLaterWhenToldTo() {
    MergeConfig config =
        MergeConfigs.skipping(MergeConfigs.weighted("right", 1), MergeConfigs.weighted("left", 1));
    try (MergeStage merge = stage(config)) {
      merge.fit(embeddings(left, right), ClientSelection.of(1, 3, 4));
      CollectingSink sink = new CollectingSink();
      merge.merge(embeddings(left), ClientSelection.of(3), sink);
      assertThat(sink.vector(3)).containsExactly(7.5f, 4, 20);
    }
  }

  @Test
  void imputesAClientOfWhomAnInputHasOnlyZerosWhenItIsMergedAlone() {
    MergeConfig config =
        MergeConfigs.mean(MergeConfigs.weighted("left", 1), MergeConfigs.weighted("right", 1));
    try (MergeStage merge = stage(config)) {
      merge.fit(embeddings(left, right), ClientSelection.of(1, 3, 4));
      EmbeddingFixture none =
          EmbeddingFixture.of(
              context.allocator(), "left", new long[] {8}, new float[][] {{0, 0}}, "x", "y");
      EmbeddingFixture some =
          EmbeddingFixture.of(context.allocator(), "right", new long[] {8}, new float[][] {{5}});
      try (none;
          some) {
        CollectingSink sink = new CollectingSink();
        merge.merge(embeddings(none, some), ClientSelection.of(8), sink);
        assertThat(sink.vector(8)).containsExactly(3, 15, 5);
      }
    }
  }

  @Test
  void refusesAnInputOfZerosOnly() {
    assertFails(
        () ->
            fitAndMerge(
                MergeConfigs.mean(MergeConfigs.weighted("zeros", 1)), ClientSelection.of(3), zeros),
        ErrorCode.INVALID_INPUT,
        "[test] input zeros has no rows, or only rows of zeros that drop-zero-rows leaves out;"
            + " take it out of inputs, or set on-missing: skip to go on without it");
  }

  @Test
  void refusesToMergeNothing() {
    assertFails(
        () ->
            fitAndMerge(
                MergeConfigs.skipping(MergeConfigs.weighted("zeros", 1)),
                ClientSelection.of(3),
                zeros),
        ErrorCode.INVALID_INPUT,
        "[test] none of the inputs zeros has any rows: nothing to merge");
  }

  @Test
  void refusesMoreComponentsThanRowsOrColumns() {
    assertFails(
        () ->
            fitAndMerge(
                MergeConfigs.mean(MergeConfigs.pca("left", 3, PcaSolver.FULL, ScalerKind.NONE)),
                ClientSelection.of(1),
                left),
        ErrorCode.INVALID_CONFIG,
        "[test] components of input left must be at most 2 (it has 2 columns and 3 rows that are"
            + " not zero), was 3");
  }

  @Test
  void refusesAnInputWhoseDimensionChanged() {
    try (MergeStage merge = stage(MergeConfigs.mean(MergeConfigs.weighted("left", 1)));
        EmbeddingFixture wide =
            EmbeddingFixture.of(
                context.allocator(), "left", new long[] {1}, new float[][] {{1, 2, 3}})) {
      merge.fit(embeddings(left), ClientSelection.of(1));
      assertFails(
          () -> merge.merge(embeddings(wide), ClientSelection.of(1), new CollectingSink()),
          ErrorCode.INVALID_INPUT,
          "[test] input left must have 2 columns as when the merge was fitted, has 3: fit it again");
    }
  }

  @Test
  void saysWhenNoSelectedClientHasAnInput() {
    try (MergeStage merge = stage(MergeConfigs.mean(MergeConfigs.weighted("right", 1)))) {
      TrainingReport report = merge.fit(embeddings(right), ClientSelection.of(100));
      assertThat(report.notes())
          .contains("input right has none of the selected clients: its columns are all 0");
      CollectingSink sink = new CollectingSink();
      merge.merge(embeddings(right), ClientSelection.of(100), sink);
      assertThat(sink.vector(100)).containsExactly(0);
    }
  }

  @Test
  void takesASelectionOfNobody() {
    assertThat(
            fitAndMerge(
                    MergeConfigs.mean(MergeConfigs.weighted("left", 1)), ClientSelection.of(), left)
                .ids())
        .isEmpty();
  }

  @Test
  void mergesNewClientsTheSameAfterSaveAndOpen() {
    MergeConfig config = everyScaler();
    try (EmbeddingFixture fitted = random("r", 3000, 1);
        EmbeddingFixture later = random("r", 5000, 2);
        MergeStage merge = stage(config)) {
      ClientSelection clients = ClientSelection.of(LongStream.range(0, 9000).toArray());
      merge.fit(all(config, fitted), clients);
      merge.save(folder);
      CollectingSink expected = new CollectingSink();
      merge.merge(all(config, later), clients, expected);
      try (MergeStage opened =
          (MergeStage) new MergePluginFactory().open(config, folder, context)) {
        assertThat(opened.dimension()).isEqualTo(merge.dimension());
        assertThat(opened.columnNames()).isEqualTo(merge.columnNames());
        CollectingSink actual = new CollectingSink();
        opened.merge(all(config, later), clients, actual);
        assertSame(actual, expected);
      }
    }
  }

  @Test
  void givesTheSameBytesForAnyNumberOfThreads() {
    CollectingSink expected = null;
    for (int threads : new int[] {1, 2, 3}) {
      MergeConfig config = everyScaler();
      try (TestContext own = new TestContext(threads, 42);
          EmbeddingFixture input = random("r", 9000, 1);
          MergeStage merge = (MergeStage) new MergePluginFactory().create(config, own)) {
        ClientSelection clients = ClientSelection.of(LongStream.range(0, 12000).toArray());
        merge.fit(all(config, input), clients);
        CollectingSink sink = new CollectingSink();
        merge.merge(all(config, input), clients, sink);
        if (expected != null) {
          assertSame(sink, expected);
        }
        expected = sink;
      }
    }
  }

  @Test
  void refusesToOpenAnotherConfigurationsModel() {
    MergeConfig config = MergeConfigs.mean(MergeConfigs.weighted("left", 1));
    try (MergeStage merge = stage(config)) {
      merge.fit(embeddings(left), ClientSelection.of(1));
      merge.save(folder);
    }
    MergeConfig other = MergeConfigs.mean(MergeConfigs.weighted("left", 2));
    assertThatThrownBy(() -> new MergePluginFactory().open(other, folder, context))
        .isInstanceOfSatisfying(
            PluginException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INCOMPATIBLE_MODEL))
        .hasMessageContaining(folder.toString())
        .hasMessageContaining("another configuration");
  }

  @Test
  void refusesAFolderThatHoldsNoModelOrHalfOfOne() throws Exception {
    MergeConfig config = MergeConfigs.mean(MergeConfigs.scaled("left", ScalerKind.STANDARD));
    assertThatThrownBy(() -> new MergePluginFactory().open(config, folder, context))
        .isInstanceOfSatisfying(
            PluginException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INCOMPATIBLE_MODEL))
        .hasMessageContaining("no readable merge.properties");
    try (MergeStage merge = stage(config)) {
      merge.fit(embeddings(left), ClientSelection.of(1));
      merge.save(folder);
    }
    Files.delete(folder.resolve("0.scale.npy"));
    assertThatThrownBy(() -> new MergePluginFactory().open(config, folder, context))
        .isInstanceOf(PluginException.class)
        .hasMessageContaining("0.scale.npy");
  }

  @Test
  void stopsWhenCancelled() {
    context.cancel();
    assertFails(
        () ->
            fitAndMerge(
                MergeConfigs.mean(MergeConfigs.weighted("left", 1)), ClientSelection.of(1), left),
        ErrorCode.CANCELLED,
        "cancelled");
  }

  @Test
  void reportsTheShareOfVarianceThatComponentsKeep() {
    try (MergeStage merge =
        stage(MergeConfigs.mean(MergeConfigs.pca("left", 2, PcaSolver.FULL, ScalerKind.NONE)))) {
      TrainingReport report = merge.fit(embeddings(left), ClientSelection.of(1));
      assertThat(report.metrics().get("left explained variance share")).isCloseTo(1, within(1e-12));
      assertThat(report.metrics().get("left rows")).isEqualTo(3);
      assertThat(report.notes())
          .contains("input left: 1 of 4 rows hold only zeros and were dropped");
    }
  }

  /** One input per scaler, and both ways to find components. */
  private static MergeConfig everyScaler() {
    ScalerKind[] kinds = ScalerKind.values();
    MergeInput[] inputs = new MergeInput[kinds.length + 2];
    for (int i = 0; i < kinds.length; i++) {
      inputs[i] = MergeConfigs.scaled("r" + i, kinds[i]);
    }
    inputs[kinds.length] = MergeConfigs.pca("full", 3, PcaSolver.FULL, ScalerKind.QUANTILE_NORMAL);
    inputs[kinds.length + 1] =
        MergeConfigs.pca("random", 3, PcaSolver.RANDOMIZED, ScalerKind.STANDARD);
    return MergeConfigs.mean(inputs);
  }

  private static List<Embeddings> all(MergeConfig config, EmbeddingFixture fixture) {
    Embeddings one = fixture.embeddings();
    return config.inputs().stream()
        .map(
            input ->
                new Embeddings(input.step(), one.dimension(), one.columnNames(), one.batches()))
        .toList();
  }

  /** Seven columns, with ties, a constant column and a row of zeros now and then. */
  private EmbeddingFixture random(String name, int rows, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    long[] ids = LongStream.range(0, rows).map(i -> i * 4 / 3).toArray();
    return EmbeddingFixture.generate(
        context.allocator(),
        name,
        ids,
        7,
        row -> {
          float[] vector = new float[7];
          if (row % 10 != 0) {
            for (int j = 0; j < 5; j++) {
              vector[j] = (float) (random.nextDouble() * Math.pow(3, j) - j);
            }
            vector[5] = random.nextInt(4);
            vector[6] = 2.5f;
          }
          return vector;
        });
  }

  private MergeStage stage(MergeConfig config) {
    return (MergeStage) new MergePluginFactory().create(config, context);
  }

  private CollectingSink fitAndMerge(
      MergeConfig config, ClientSelection clients, EmbeddingFixture... inputs) {
    try (MergeStage merge = stage(config)) {
      merge.fit(embeddings(inputs), clients);
      CollectingSink sink = new CollectingSink();
      merge.merge(embeddings(inputs), clients, sink);
      return sink;
    }
  }

  private static List<Embeddings> embeddings(EmbeddingFixture... inputs) {
    return List.of(inputs).stream().map(EmbeddingFixture::embeddings).toList();
  }

  private static void assertSame(CollectingSink actual, CollectingSink expected) {
    assertThat(actual.ids()).isEqualTo(expected.ids());
    for (int i = 0; i < expected.vectors().size(); i++) {
      assertThat(actual.vectors().get(i)).isEqualTo(expected.vectors().get(i));
    }
  }

  private static void assertFails(ThrowingCallable call, ErrorCode code, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(PluginException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessage(message);
  }
}
