package dev.tessera.plugin.gruae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Percentage.withPercentage;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.PluginException;
import dev.tessera.api.TrainingReport;
import dev.tessera.api.testkit.BuiltLog;
import dev.tessera.api.testkit.ChildJvm;
import dev.tessera.api.testkit.CollectingSink;
import dev.tessera.api.testkit.EventLogBuilder;
import dev.tessera.api.testkit.InterruptingContext;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.api.testkit.TinyEvents;
import dev.tessera.neural.TrainOn;
import dev.tessera.torch.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GruAeModelTest {

  private static final long HOUR = 3_600_000_000L;

  @TempDir Path folder;

  private static CollectingSink embed(GruAeModel model, EventLog log, ClientSelection clients) {
    CollectingSink sink = new CollectingSink();
    model.embed(log, clients, sink);
    return sink;
  }

  @Test
  void givesAClientTheSameVectorAloneAndInBatchesOfAnySize() {
    GruAeConfigs configs = new GruAeConfigs().columns(TokenColumn.DAY, TokenColumn.SKU);
    try (TestContext context = new TestContext();
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 200)) {
      ClientSelection all = built.log().relevantClients();
      try (GruAeModel model = GruAeModel.untrained(configs.batches(64, 4096).build(), context)) {
        model.fit(built.log());
        model.save(folder);
        CollectingSink together = embed(model, built.log(), all);
        for (int i = 0; i < all.size(); i += 17) {
          assertClose(
              embed(model, built.log(), ClientSelection.of(all.id(i))).vectors().get(0),
              together.vectors().get(i));
        }
      }
      for (int sequences : new int[] {1, 3, 1000}) {
        GruAeConfig config = configs.batches(sequences, 1 << 20).build();
        try (TestContext other = new TestContext();
            GruAeModel model = GruAeModel.open(config, folder, other)) {
          CollectingSink again = embed(model, built.log(), all);
          try (GruAeModel first =
              GruAeModel.open(configs.batches(64, 4096).build(), folder, other)) {
            CollectingSink together = embed(first, built.log(), all);
            for (int i = 0; i < all.size(); i++) {
              assertClose(again.vectors().get(i), together.vectors().get(i));
            }
          }
        }
      }
    }
  }

  private static void assertClose(float[] actual, float[] wanted) {
    for (int i = 0; i < wanted.length; i++) {
      assertThat(actual[i]).isCloseTo(wanted[i], within(1e-5f));
    }
  }

  /** Each client visits urls u, u + 1, u + 2, … of eight: fully told by the state and the token. */
  private static BuiltLog cycles(TestContext context, int clients) {
    EventLogBuilder builder = new EventLogBuilder();
    for (int client = 0; client < clients; client++) {
      builder.relevant(client);
      for (int i = 0; i < 6 + client % 7; i++) {
        builder.event(
            EventKind.PAGE_VISIT, client, TinyEvents.START_MICROS + i * HOUR, (client + i) % 8);
      }
    }
    return builder.build(context.allocator());
  }

  @Test
  void learnsToTellTokensBetterThanTheCommonestOne() {
    GruAeConfig config =
        new GruAeConfigs()
            .columns(TokenColumn.URL)
            .sizes(16, 1)
            .epochs(25, 25)
            .rate(0.02, 1)
            .batches(16, 1024)
            .build();
    try (TestContext context = new TestContext(2, 42);
        BuiltLog built = cycles(context, 150);
        GruAeModel model = GruAeModel.untrained(config, context)) {
      TrainingReport report = model.fit(built.log());
      assertThat(report.metrics().get("held-out accuracy url")).isGreaterThan(0.8);
      assertThat(report.metrics().get("held-out accuracy url, commonest token")).isLessThan(0.3);
      assertThat(report.curves().get("training loss")).hasSize(25);
    }
  }

  @Test
  void goesOnAfterACancellationToTheSameVectors() {
    GruAeConfig config = new GruAeConfigs().dropout(0.5).epochs(4, 4).batches(16, 512).build();
    CollectingSink whole;
    try (TestContext context = new TestContext(2, 42);
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 80);
        GruAeModel model = GruAeModel.untrained(config, context)) {
      model.fit(built.log());
      whole = embed(model, built.log(), built.log().relevantClients());
    }
    try (TestContext context = new TestContext(2, 42);
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 80)) {
      InterruptingContext interrupted = new InterruptingContext(context, "epoch 3");
      try (GruAeModel model = GruAeModel.untrained(config, interrupted)) {
        assertThatThrownBy(() -> model.fit(built.log()))
            .isInstanceOfSatisfying(
                PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
      }
      try (GruAeModel model = GruAeModel.untrained(config, context)) {
        TrainingReport report = model.fit(built.log());
        assertThat(report.notes()).contains("went on after epoch 2 of an earlier run");
        CollectingSink resumed = embed(model, built.log(), built.log().relevantClients());
        for (int i = 0; i < whole.vectors().size(); i++) {
          assertThat(resumed.vectors().get(i)).isEqualTo(whole.vectors().get(i));
        }
      }
    }
  }

  @Test
  void trainsInBfloat16ToAboutTheSameLossAndEmbedsInFloat32() {
    assumeTrue(
        Precision.AUTO.on(true) == Precision.BFLOAT16, "this CPU does not multiply bfloat16");
    // wide enough for products that are rounded
    GruAeConfigs config = new GruAeConfigs().sizes(80, 1).epochs(3, 3).batches(64, 4096);
    List<Double> losses = new ArrayList<>();
    for (Precision precision : List.of(Precision.FLOAT32, Precision.BFLOAT16)) {
      try (TestContext context = new TestContext();
          BuiltLog built = TinyEvents.log(context.allocator(), 1, 80);
          GruAeModel model = GruAeModel.untrained(config.precision(precision).build(), context)) {
        losses.add(model.fit(built.log()).metrics().get("held-out loss"));
        ClientSelection all = built.log().relevantClients();
        float[] alone = embed(model, built.log(), ClientSelection.of(all.id(0))).vectors().get(0);
        assertClose(embed(model, built.log(), all).vectors().get(0), alone);
      }
    }
    assertThat(losses.get(1))
        .isNotEqualTo(losses.get(0))
        .isCloseTo(losses.get(0), withPercentage(1));
  }

  @Test
  void givesUnseenIdsTheUnknownToken() {
    GruAeConfig config =
        new GruAeConfigs().columns(TokenColumn.CATEGORY, TokenColumn.SKU, TokenColumn.URL).build();
    try (TestContext context = new TestContext();
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 60);
        BuiltLog later = unseen(context, 1_000_001, 2_000_001);
        BuiltLog other = unseen(context, 1_000_002, 2_000_002);
        GruAeModel model = GruAeModel.untrained(config, context)) {
      model.fit(built.log());
      float[] first = embed(model, later.log(), ClientSelection.of(5)).vectors().get(0);
      float[] second = embed(model, other.log(), ClientSelection.of(5)).vectors().get(0);
      assertThat(first).isEqualTo(second);
      assertThat(first).isNotEqualTo(new float[first.length]);
    }
  }

  private static BuiltLog unseen(TestContext context, long sku, long url) {
    return new EventLogBuilder()
        .product(sku, sku, 1L)
        .event(EventKind.PRODUCT_BUY, 5, TinyEvents.START_MICROS, sku)
        .event(EventKind.PAGE_VISIT, 5, TinyEvents.START_MICROS + HOUR, url)
        .build(context.allocator());
  }

  @Test
  void embedsTheSameBitsInANewJvm() throws Exception {
    GruAeConfig config = SavedModelProbe.config();
    try (TestContext context = new TestContext(2, 42);
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 60);
        BuiltLog later = TinyEvents.log(context.allocator(), 2, 90);
        GruAeModel model = GruAeModel.untrained(config, context)) {
      model.fit(built.log());
      model.save(folder);
      int here = SavedModelProbe.hash(embed(model, later.log(), later.log().relevantClients()));
      Process process =
          ChildJvm.of(
                  List.of("--add-modules=jdk.incubator.vector"),
                  SavedModelProbe.class,
                  folder.toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String output = new String(process.getInputStream().readAllBytes());
      assertThat(process.waitFor()).isZero();
      assertThat(output.lines().filter(line -> line.startsWith("hash ")))
          .containsExactly("hash " + here);
    }
  }

  @Test
  void fitsAndEmbedsInThreadsOfTheirOwn() throws Exception {
    GruAeConfig config =
        new GruAeConfigs().columns(TokenColumn.EVENT_TYPE, TokenColumn.SKU).epochs(1, 1).build();
    try (TestContext context = new TestContext();
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 60);
        GruAeModel model = GruAeModel.untrained(config, context)) {
      inNewThread(() -> model.fit(built.log()));
      ClientSelection all = built.log().relevantClients();
      CollectingSink here = embed(model, built.log(), all);
      CollectingSink there = inNewThread(() -> embed(model, built.log(), all));
      for (int i = 0; i < all.size(); i++) {
        assertThat(there.vectors().get(i)).isEqualTo(here.vectors().get(i));
      }
    }
  }

  private static <T> T inNewThread(Callable<T> work) throws Exception {
    FutureTask<T> task = new FutureTask<>(work);
    new Thread(task).start();
    return task.get();
  }

  @Test
  void refusesAModelOfAnotherConfigurationAndNamesTheDifference() {
    try (TestContext context = new TestContext();
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 60);
        GruAeModel model = GruAeModel.untrained(new GruAeConfigs().build(), context)) {
      model.fit(built.log());
      model.save(folder);
      GruAeConfig other = new GruAeConfigs().sizes(8, 3).build();
      assertThatThrownBy(() -> GruAeModel.open(other, folder, context))
          .isInstanceOfSatisfying(
              PluginException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.INCOMPATIBLE_MODEL))
          .hasMessage("the model " + folder + " was made with layers 2, wanted 3");
    }
  }

  @Test
  void refusesAModelWhoseWeightsAreOfAnotherShapeOrMissing() throws Exception {
    GruAeConfig config = new GruAeConfigs().build();
    try (TestContext context = new TestContext();
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 60);
        GruAeModel model = GruAeModel.untrained(config, context)) {
      model.fit(built.log());
      model.save(folder);
      Path weights = folder.resolve("weights");
      Files.copy(
          weights.resolve("encoder.bias_ih_l0.npy"),
          weights.resolve("encoder.weight_ih_l0.npy"),
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      assertThatThrownBy(() -> GruAeModel.open(config, folder, context))
          .hasMessageContaining("wanted weights of shape [48, 16], found [48]");
      Files.delete(weights.resolve("encoder.weight_ih_l0.npy"));
      assertThatThrownBy(() -> GruAeModel.open(config, folder, context))
          .hasMessageContaining("encoder.weight_ih_l0.npy, found no such file");
    }
  }

  @Test
  void saysThatNoClientHasTwoEvents() {
    try (TestContext context = new TestContext();
        BuiltLog built =
            new EventLogBuilder()
                .event(EventKind.PAGE_VISIT, 1, TinyEvents.START_MICROS, 1)
                .event(EventKind.PAGE_VISIT, 2, TinyEvents.START_MICROS, 2)
                .relevant(1, 2)
                .build(context.allocator());
        GruAeModel model = GruAeModel.untrained(new GruAeConfigs().build(), context)) {
      assertThatThrownBy(() -> model.fit(built.log()))
          .isInstanceOfSatisfying(
              PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_DATA))
          .hasMessageContaining(
              "wanted at least 2 clients with two or more tokens to learn from, found 0");
    }
  }

  @Test
  void saysThatAVocabularyHasOneValueOnly() {
    try (TestContext context = new TestContext();
        BuiltLog built = sameUrl(context);
        GruAeModel model =
            GruAeModel.untrained(new GruAeConfigs().columns(TokenColumn.URL).build(), context)) {
      assertThatThrownBy(() -> model.fit(built.log()))
          .hasMessageContaining("column url has one value only")
          .hasMessageContaining("take it out of columns");
    }
  }

  private static BuiltLog sameUrl(TestContext context) {
    EventLogBuilder builder = new EventLogBuilder().relevant(1, 2, 3);
    for (int i = 0; i < 12; i++) {
      builder.event(EventKind.PAGE_VISIT, 1 + i % 3, TinyEvents.START_MICROS + i * HOUR, 9);
    }
    return builder.build(context.allocator());
  }

  @Test
  void saysThatTheDataLackAColumn() {
    try (TestContext context = new TestContext();
        BuiltLog built = sameUrl(context);
        GruAeModel model =
            GruAeModel.untrained(
                new GruAeConfigs().columns(TokenColumn.EVENT_TYPE, TokenColumn.SKU).build(),
                context)) {
      assertThatThrownBy(() -> model.fit(built.log()))
          .isInstanceOfSatisfying(
              PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_DATA))
          .hasMessageContaining("wanted a value of the column sku")
          .hasMessageContaining("none of 12 events has one; take it out of columns");
    }
  }

  /** Visits to one url: neither sku nor url tells anything; the saved model knows what was kept. */
  @Test
  void goesWithoutColumnsThatTheDataLackIfTold() {
    GruAeConfig config =
        new GruAeConfigs()
            .columns(TokenColumn.HOUR, TokenColumn.SKU, TokenColumn.URL)
            .combine(Combine.SUM)
            .missing(MissingColumns.DROP)
            .build();
    try (TestContext context = new TestContext();
        BuiltLog built = sameUrl(context);
        GruAeModel model = GruAeModel.untrained(config, context)) {
      TrainingReport report = model.fit(built.log());
      assertThat(report.notes())
          .contains(
              "column sku has fewer than two values: left out",
              "column url has fewer than two values: left out");
      model.save(folder);
      try (GruAeModel opened = GruAeModel.open(config, folder, context)) {
        ClientSelection all = built.log().relevantClients();
        for (int i = 0; i < all.size(); i++) {
          assertThat(embed(opened, built.log(), all).vectors().get(i))
              .isEqualTo(embed(model, built.log(), all).vectors().get(i));
        }
      }
    }
  }

  @Test
  void stopsWhenTheLossIsNoNumber() {
    GruAeConfig config = new GruAeConfigs().rate(1e38, 0).epochs(3, 3).batches(16, 512).build();
    try (TestContext context = new TestContext();
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 60);
        GruAeModel model = GruAeModel.untrained(config, context)) {
      assertThatThrownBy(() -> model.fit(built.log()))
          .isInstanceOf(PluginException.class)
          .hasMessageContaining("the loss became")
          .hasMessageContaining("learning rate 1.0E38; lower learning-rate or set clip-norm: 1");
    }
  }

  @Test
  void saysThatPyTorchCannotUseTheGpuBeforeReadingData() {
    try (TestContext context = new TestContext()) {
      InterruptingContext cuda = new InterruptingContext(context, "never", "cuda:77");
      assertThatThrownBy(() -> GruAeModel.untrained(new GruAeConfigs().build(), cuda))
          .isInstanceOfSatisfying(
              PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
          .hasMessageContaining("device cuda:77 was asked for");
    }
  }

  @Test
  void learnsFromASampleOfAllClients() {
    GruAeConfig config = new GruAeConfigs().trainOn(TrainOn.ALL, 20).epochs(1, 1).build();
    try (TestContext context = new TestContext();
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 100);
        GruAeModel model = GruAeModel.untrained(config, context)) {
      TrainingReport report = model.fit(built.log());
      assertThat(
              report.metrics().get("training clients") + report.metrics().get("held-out clients"))
          .isEqualTo(20);
      assertThat(embed(model, built.log(), built.log().relevantClients()).vectors())
          .hasSize(built.log().relevantClients().size());
    }
  }

  @Test
  void embedsNamesOfProducts() {
    GruAeConfig config =
        new GruAeConfigs()
            .columns(TokenColumn.NAME_CODES)
            .combine(Combine.SUM)
            .maxTokens(64)
            .trainOn(TrainOn.ALL, 0)
            .build();
    try (TestContext context = new TestContext();
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 60);
        GruAeModel model = GruAeModel.untrained(config, context)) {
      TrainingReport report = model.fit(built.log());
      assertThat(report.metrics()).containsKey("held-out accuracy name-codes");
      List<float[]> vectors = embed(model, built.log(), built.log().relevantClients()).vectors();
      assertThat(vectors).anyMatch(vector -> vector[0] != 0);
    }
  }
}
