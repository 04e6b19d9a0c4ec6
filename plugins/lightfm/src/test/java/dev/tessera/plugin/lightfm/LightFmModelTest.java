package dev.tessera.plugin.lightfm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingModel;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventKind;
import dev.tessera.api.PluginException;
import dev.tessera.api.TrainingReport;
import dev.tessera.api.testkit.BuiltLog;
import dev.tessera.api.testkit.CollectingSink;
import dev.tessera.api.testkit.EventLogBuilder;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.api.testkit.TinyEvents;
import dev.tessera.plugin.lightfm.LightFmConfig.ClientFeatures;
import dev.tessera.plugin.lightfm.LightFmConfig.Clients;
import dev.tessera.plugin.lightfm.LightFmConfig.Loss;
import dev.tessera.plugin.lightfm.LightFmConfig.Schedule;
import dev.tessera.plugin.lightfm.LightFmConfig.SkuFeatures;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LightFmModelTest {

  private static final Map<EventKind, Double> BUYS = Map.of(EventKind.PRODUCT_BUY, 1.0);

  @ParameterizedTest
  @EnumSource(Loss.class)
  void aCheckerboardsColoursAreAlikeWithinAndUnlikeAcross(Loss loss) {
    for (Schedule schedule : Schedule.values()) {
      LightFmConfig config = identities(loss, schedule, 60);
      try (TestContext context = new TestContext();
          BuiltLog built = TinyEvents.checkerboard(context.allocator(), 30);
          EmbeddingModel model = new LightFmModel(config, context)) {
        model.fit(built.log());
        CollectingSink sink = embed(model, built);
        for (int client = 2; client < 30; client++) {
          float[] vector = sink.vector(client);
          assertThat(cosine(vector, sink.vector(client % 2)))
              .isGreaterThan(cosine(vector, sink.vector(1 - client % 2)) + 0.5);
        }
      }
    }
  }

  @Test
  void aClientFoldedInIsLikeThoseWhoBoughtTheSame() {
    LightFmConfig config = identities(Loss.WARP, Schedule.ADAGRAD, 60);
    try (TestContext context = new TestContext();
        BuiltLog built = TinyEvents.checkerboard(context.allocator(), 30);
        BuiltLog later = laterBuyers(context);
        EmbeddingModel model = new LightFmModel(config, context)) {
      model.fit(built.log());
      CollectingSink known = embed(model, built);
      CollectingSink sink = embed(model, later);
      for (int colour = 0; colour < 2; colour++) {
        float[] vector = sink.vector(1000L + colour);
        assertThat(cosine(vector, known.vector(colour)))
            .isGreaterThan(cosine(vector, known.vector(1 - colour)) + 0.5);
      }
      // nothing is known of who bought only what no one had bought before
      assertThat(sink.vector(1002)).containsOnly(0);
    }
  }

  /** Clients 1000 and 1001 buy the even and the odd skus, in a log whose sku codes differ. */
  private static BuiltLog laterBuyers(TestContext context) {
    EventLogBuilder builder = new EventLogBuilder().relevant(1000, 1001, 1002);
    for (int sku = 10; sku < 30; sku++) {
      long client = 1000L + sku % 2;
      builder.event(EventKind.PRODUCT_BUY, client, TinyEvents.START_MICROS + sku, sku);
    }
    builder.event(EventKind.PRODUCT_BUY, 1002, TinyEvents.START_MICROS, 77);
    return builder.build(context.allocator());
  }

  @Test
  void aSkuThatTheModelDoesNotHaveCountsByItsFeatures() {
    SkuFeatures categories = new SkuFeatures(true, 0, true, 0);
    LightFmConfig config =
        LightFmConfigs.of(
            BUYS,
            Clients.ALL,
            LightFmConfigs.IDENTITY,
            categories,
            Loss.WARP,
            Schedule.ADAGRAD,
            8,
            60);
    EventLogBuilder before = new EventLogBuilder();
    for (int client = 0; client < 30; client++) {
      for (int sku = client % 2; sku < 30; sku += 2) {
        before.product(sku, (long) (sku % 2), 1L);
        before.event(EventKind.PRODUCT_BUY, client, TinyEvents.START_MICROS + sku, sku);
      }
    }
    EventLogBuilder after = new EventLogBuilder().relevant(1000, 1001);
    for (int sku = 100; sku < 110; sku++) {
      after.product(sku, (long) (sku % 2), 1L);
      after.event(EventKind.PRODUCT_BUY, 1000L + sku % 2, TinyEvents.START_MICROS, sku);
    }
    try (TestContext context = new TestContext();
        BuiltLog built = before.build(context.allocator());
        BuiltLog later = after.build(context.allocator());
        EmbeddingModel model = new LightFmModel(config, context)) {
      model.fit(built.log());
      CollectingSink known = new CollectingSink();
      model.embed(built.log(), ClientSelection.of(0, 1), known);
      CollectingSink sink = embed(model, later);
      assertThat(cosine(sink.vector(1000), known.vector(0)))
          .isGreaterThan(cosine(sink.vector(1000), known.vector(1)) + 0.5);
      assertThat(cosine(sink.vector(1001), known.vector(1)))
          .isGreaterThan(cosine(sink.vector(1001), known.vector(0)) + 0.5);
    }
  }

  @Test
  void withoutIdentityTheVectorIsThatOfTheSearches() {
    LightFmConfig config =
        LightFmConfigs.small(
            new ClientFeatures(false, 255), LightFmConfigs.SKU_IDENTITY, Loss.WARP);
    byte[] query = new byte[16];
    Arrays.fill(query, (byte) 200);
    EventLogBuilder later = new EventLogBuilder().relevant(1, 2, 3);
    later.search(1, TinyEvents.START_MICROS, query).search(2, TinyEvents.START_MICROS, query);
    try (TestContext context = new TestContext();
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 60);
        BuiltLog others = later.build(context.allocator());
        EmbeddingModel model = new LightFmModel(config, context)) {
      model.fit(built.log());
      CollectingSink sink = embed(model, others);
      assertThat(sink.vector(1)).isEqualTo(sink.vector(2)).isNotEqualTo(new float[8]);
      assertThat(sink.vector(3)).containsOnly(0);
    }
  }

  @Test
  void aClientFoldsInAloneAsItDoesAmongOthers() {
    LightFmConfig config =
        LightFmConfigs.small(LightFmConfigs.SEARCHES, LightFmConfigs.ALL, Loss.WARP);
    try (TestContext context = new TestContext(2, 42);
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 60);
        BuiltLog later = TinyEvents.log(context.allocator(), 2, 90);
        EmbeddingModel model = new LightFmModel(config, context)) {
      model.fit(built.log());
      CollectingSink all = embed(model, later);
      // 60 clients from 100 on were fitted: 100, 103, …, 277
      long late = 340;
      CollectingSink one = new CollectingSink();
      model.embed(later.log(), ClientSelection.of(late), one);
      assertThat(one.vector(late)).isEqualTo(all.vector(late)).isNotEqualTo(new float[8]);
    }
  }

  @Test
  void aStoppedTrainingGoesOnWhereItWas() {
    LightFmConfig config =
        LightFmConfigs.small(LightFmConfigs.SEARCHES, LightFmConfigs.ALL, Loss.WARP);
    try (TestContext whole = new TestContext();
        TestContext stopped = new TestContext();
        BuiltLog built = TinyEvents.log(whole.allocator(), 1, 60);
        EmbeddingModel expected = new LightFmModel(config, whole);
        EmbeddingModel actual = new LightFmModel(config, stopped)) {
      TrainingReport report = expected.fit(built.log());
      keepTwoEpochs(config, built, stopped);
      assertThat(actual.fit(built.log()).curves()).isEqualTo(report.curves());
      assertThat(embed(actual, built).vectors())
          .usingRecursiveComparison()
          .isEqualTo(embed(expected, built).vectors());
    }
  }

  /** What a run of two epochs leaves behind: epochs do not know how many are to come. */
  private static void keepTwoEpochs(LightFmConfig config, BuiltLog built, TestContext context) {
    LightFmConfig two =
        LightFmConfigs.of(
            config.events(),
            config.clients(),
            config.clientFeatures(),
            config.skuFeatures(),
            config.loss(),
            config.schedule(),
            config.components(),
            2);
    try (EmbeddingModel model = new LightFmModel(two, context)) {
      assertThat(model.fit(built.log()).curves().values().iterator().next()).hasSize(2);
    }
    // the second epoch is too short after the first to be kept for sure
    assertThat(context.checkpointDirectory().toFile().list()).hasSize(1);
  }

  @Test
  void saysThatNobodyRelevantHasAnEvent() {
    EventLogBuilder builder = new EventLogBuilder().relevant(5);
    builder.event(EventKind.PRODUCT_BUY, 6, TinyEvents.START_MICROS, 1);
    assertRefuses(
        builder,
        LightFmConfigs.defaults(),
        "wanted events of relevant clients in product_buy, add_to_cart, remove_from_cart, found"
            + " none; use other events, or clients: all");
  }

  @Test
  void saysThatEveryWeightIsNegative() {
    EventLogBuilder builder = new EventLogBuilder().relevant(5);
    builder.event(EventKind.REMOVE_FROM_CART, 5, TinyEvents.START_MICROS, 1);
    builder.event(EventKind.REMOVE_FROM_CART, 5, TinyEvents.START_MICROS, 2);
    assertRefuses(
        builder,
        LightFmConfigs.defaults(),
        "wanted a pair of client and sku whose weights sum to more than 0, found 2 pairs in"
            + " product_buy, add_to_cart, remove_from_cart, all at 0 or below; raise the weights"
            + " in events");
  }

  @Test
  void saysThatEveryClientHasEverySku() {
    EventLogBuilder builder = new EventLogBuilder().relevant(5, 6);
    for (long client = 5; client <= 6; client++) {
      for (long sku = 1; sku <= 3; sku++) {
        builder.event(EventKind.PRODUCT_BUY, client, TinyEvents.START_MICROS, sku);
      }
    }
    assertRefuses(
        builder,
        LightFmConfigs.defaults(),
        "wanted a client who leaves out some sku, found that all 2 have every one of the 3 skus,"
            + " so that there is none to compare with; use other events, or clients: all");
  }

  @Test
  void leavesOutAClientWhoHasEverySkuAndSaysSo() {
    EventLogBuilder builder = new EventLogBuilder().relevant(5, 6);
    for (long sku = 1; sku <= 3; sku++) {
      builder.event(EventKind.PRODUCT_BUY, 5, TinyEvents.START_MICROS, sku);
    }
    builder.event(EventKind.PRODUCT_BUY, 6, TinyEvents.START_MICROS, 2);
    builder.event(EventKind.REMOVE_FROM_CART, 6, TinyEvents.START_MICROS, 1);
    LightFmConfig config =
        LightFmConfigs.small(LightFmConfigs.IDENTITY, LightFmConfigs.SKU_IDENTITY, Loss.WARP);
    try (TestContext context = new TestContext();
        BuiltLog built = builder.build(context.allocator());
        EmbeddingModel model = new LightFmModel(config, context)) {
      TrainingReport report = model.fit(built.log());
      assertThat(report.notes())
          .containsExactly(
              "1 pairs of client and sku whose weights do not sum to more than 0 were left out",
              "1 clients have every sku, so that there is none to compare with: they were left out");
      assertThat(embed(model, built).vector(5)).containsOnly(0);
    }
  }

  @Test
  void saysThatAFeatureIsNoNumber() {
    float[] values = new float[32];
    values[17] = Float.NaN;
    assertThatThrownBy(() -> new Features(2, true, 16, values, 0, new int[0]))
        .isInstanceOfSatisfying(
            PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_DATA))
        .hasMessage(
            "wanted finite features, found NaN as feature 1 of row 1; check the divisors in"
                + " client-features and sku-features");
  }

  @Test
  void saysThatTheTrainingWentOutOfBounds() {
    SkuFeatures tinyDivisor = new SkuFeatures(true, 0, false, 1e-35);
    LightFmConfig config =
        LightFmConfigs.small(LightFmConfigs.IDENTITY, tinyDivisor, Loss.LOGISTIC);
    try (TestContext context = new TestContext();
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 60);
        EmbeddingModel model = new LightFmModel(config, context)) {
      assertThatThrownBy(() -> model.fit(built.log()))
          .isInstanceOf(PluginException.class)
          .hasMessageContaining("use a lower learning-rate");
    }
  }

  private static void assertRefuses(EventLogBuilder builder, LightFmConfig config, String message) {
    try (TestContext context = new TestContext();
        BuiltLog built = builder.build(context.allocator());
        EmbeddingModel model = new LightFmModel(config, context)) {
      assertThatThrownBy(() -> model.fit(built.log()))
          .isInstanceOfSatisfying(
              PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_DATA))
          .hasMessage(message);
    }
  }

  private static LightFmConfig identities(Loss loss, Schedule schedule, int epochs) {
    return LightFmConfigs.of(
        BUYS,
        Clients.ALL,
        LightFmConfigs.IDENTITY,
        LightFmConfigs.SKU_IDENTITY,
        loss,
        schedule,
        8,
        epochs);
  }

  private static CollectingSink embed(EmbeddingModel model, BuiltLog built) {
    CollectingSink sink = new CollectingSink();
    model.embed(built.log(), built.log().relevantClients(), sink);
    return sink;
  }

  private static double cosine(float[] a, float[] b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int k = 0; k < a.length; k++) {
      ab += a[k] * b[k];
      aa += a[k] * a[k];
      bb += b[k] * b[k];
    }
    return ab / Math.sqrt(aa * bb);
  }
}
