package dev.tessera.plugin.als;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingModel;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventKind;
import dev.tessera.api.EventTable;
import dev.tessera.api.Npy;
import dev.tessera.api.PluginException;
import dev.tessera.api.TrainingReport;
import dev.tessera.api.testkit.BuiltLog;
import dev.tessera.api.testkit.CollectingSink;
import dev.tessera.api.testkit.EventLogBuilder;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.api.testkit.TinyEvents;
import dev.tessera.plugin.als.AlsConfig.Clients;
import dev.tessera.plugin.als.AlsConfig.Item;
import dev.tessera.plugin.als.AlsConfig.LossReport;
import dev.tessera.plugin.als.AlsConfig.Solver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AlsModelTest {

  private static final AlsConfig CONFIG = AlsConfigs.solving(Solver.CONJUGATE_GRADIENT, 6, 3);

  private static final Map<EventKind, Double> BUYS = Map.of(EventKind.PRODUCT_BUY, 1.0);

  @TempDir Path saved;

  @ParameterizedTest
  @EnumSource(Solver.class)
  void aCheckerboardsColoursAreAlikeWithinAndPreferOnlyTheirOwnItems(Solver solver) {
    try (TestContext context = new TestContext();
        BuiltLog built = TinyEvents.checkerboard(context.allocator(), 30);
        EmbeddingModel model = new AlsModel(AlsConfigs.solving(solver, 4, 15), context)) {
      model.fit(built.log());
      CollectingSink sink = embed(model, built);
      double[][] items = savedItems(model, 4);
      for (int client = 0; client < 30; client++) {
        float[] vector = sink.vector(client);
        assertThat(cosine(vector, sink.vector(client % 2))).isGreaterThan(0.999);
        for (int item = 0; item < 30; item++) {
          double preference = 0;
          for (int k = 0; k < 4; k++) {
            preference += vector[k] * items[item][k];
          }
          assertThat(preference).isCloseTo((client + item) % 2 == 0 ? 1 : 0, within(0.05));
        }
      }
    }
  }

  @Test
  void foldsEveryClientInAsTheDenseNormalEquationsOfItsEventsSay() {
    AlsConfig config = AlsConfigs.reading(BUYS, Item.SKU, Clients.ALL, 3, LossReport.NONE);
    try (TestContext context = new TestContext();
        BuiltLog built = TinyEvents.log(context.allocator(), 3, 60);
        EmbeddingModel model = new AlsModel(config, context)) {
      model.fit(built.log());
      double[][] items = savedItems(model, 3);
      long[] ids = Npy.readLongs(saved.resolve("item_ids.npy"));
      double[][] weights = boughtBy(built.log().relevantClients(), built, ids);
      double[][] expected = new DenseOracle(weights, 1, 0.01).solveClients(items);
      CollectingSink sink = embed(model, built);
      for (int client = 0; client < expected.length; client++) {
        for (int k = 0; k < 3; k++) {
          assertThat((double) sink.vectors().get(client)[k])
              .isCloseTo(expected[client][k], within(1e-3));
        }
      }
    }
  }

  private double[][] savedItems(EmbeddingModel model, int factors) {
    model.save(saved);
    float[] values = Npy.readFloats(saved.resolve("item_factors.npy"));
    double[][] items = new double[values.length / factors][factors];
    for (int i = 0; i < values.length; i++) {
      items[i / factors][i % factors] = values[i];
    }
    return items;
  }

  /** [clients, ids] how often each client bought each sku. */
  private static double[][] boughtBy(ClientSelection clients, BuiltLog built, long[] ids) {
    double[][] counts = new double[clients.size()][ids.length];
    int[] rows = built.log().indexOf(clients);
    EventTable buys = built.log().events(EventKind.PRODUCT_BUY);
    for (int client = 0; client < rows.length; client++) {
      for (int row = buys.start(rows[client]); row < buys.end(rows[client]); row++) {
        long sku = built.log().products().skus().get(buys.item(row));
        counts[client][Arrays.binarySearch(ids, sku)]++;
      }
    }
    return counts;
  }

  @Test
  void foldsANewClientInAsAFittedOneWithTheSameEvents() {
    try (TestContext context = new TestContext();
        BuiltLog fitted = shop(0).build(context.allocator());
        // products that the model has not seen shift every code
        BuiltLog later =
            shop(0)
                .product(-5, -5L, 1L)
                .product(1000, 15L, 1L)
                .event(EventKind.PRODUCT_BUY, 777, 5, 10)
                .event(EventKind.PRODUCT_BUY, 777, 9, -5)
                .event(EventKind.PRODUCT_BUY, 777, 7, 20)
                .event(EventKind.PRODUCT_BUY, 777, 8, 10)
                .build(context.allocator());
        EmbeddingModel model = new AlsModel(CONFIG, context)) {
      model.fit(fitted.log());
      CollectingSink sink = new CollectingSink();
      model.embed(later.log(), ClientSelection.of(1, 777), sink);
      assertThat(sink.vector(777)).isEqualTo(sink.vector(1));
      assertThat(sink.vector(1)).doesNotContain(0f);
    }
  }

  @Test
  void clientsWithoutAKnownItemGetZeros() {
    try (TestContext context = new TestContext();
        BuiltLog built =
            shop(0)
                .relevant(5000)
                .event(EventKind.PAGE_VISIT, 5001, 1, 1)
                .event(EventKind.PRODUCT_BUY, 5002, 1, 999)
                .build(context.allocator());
        EmbeddingModel model = new AlsModel(CONFIG, context)) {
      model.fit(built.log());
      CollectingSink sink = new CollectingSink();
      // in the log without events, with other events, with an unknown product, not in the log
      model.embed(built.log(), ClientSelection.of(5000, 5001, 5002, 5003), sink);
      assertThat(sink.vectors()).allSatisfy(vector -> assertThat(vector).containsOnly(0f));
    }
  }

  @Test
  void aLogWithoutItemsFitsToZerosAndCanBeSaved() throws Exception {
    try (TestContext context = new TestContext();
        BuiltLog empty = new EventLogBuilder().relevant(1, 2).build(context.allocator());
        EmbeddingModel model = new AlsModel(CONFIG, context)) {
      assertThat(model.fit(empty.log()).notes()).anyMatch(note -> note.contains("no pair"));
      Path folder = Files.createDirectory(saved.resolve("model"));
      model.save(folder);
      try (EmbeddingModel opened = AlsModel.open(CONFIG, folder, context)) {
        CollectingSink sink = embed(opened, empty);
        assertThat(sink.ids()).containsExactly(1, 2);
        assertThat(sink.vectors()).allSatisfy(vector -> assertThat(vector).containsOnly(0f));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Solver.class)
  void moreFactorsThanItemsAreFine(Solver solver) {
    try (TestContext context = new TestContext();
        BuiltLog built = shop(0).build(context.allocator())) {
      CollectingSink sink = fit(AlsConfigs.solving(solver, 50, 5), built, context);
      assertThat(sink.vectors()).allMatch(vector -> vector.length == 50);
      assertThat(cosine(sink.vector(1), sink.vector(3))).isGreaterThan(0.99);
    }
  }

  @Test
  void unknownProductsAndPairsWithoutPositiveWeightAreLeftOutAndTold() {
    try (TestContext context = new TestContext();
        BuiltLog built =
            shop(0)
                .event(EventKind.PRODUCT_BUY, 1, 3, 999)
                .event(EventKind.PRODUCT_BUY, 2, 3, 998)
                .event(EventKind.REMOVE_FROM_CART, 9, 3, 10)
                .build(context.allocator());
        EmbeddingModel model =
            new AlsModel(
                AlsConfigs.reading(
                    Map.of(EventKind.PRODUCT_BUY, 1.0, EventKind.REMOVE_FROM_CART, -1.0),
                    Item.CATEGORY,
                    Clients.ALL,
                    4,
                    LossReport.LAST),
                context)) {
      assertThat(model.fit(built.log()).notes())
          .containsExactly(
              "2 events of products without a category were left out",
              "1 pairs of client and category whose weights do not sum to more than 0 were left out");
    }
  }

  @Test
  void fitsOnRelevantClientsOnlyWhenToldTo() {
    try (TestContext context = new TestContext();
        BuiltLog built = shop(0).relevant(2, 4, 6000).build(context.allocator())) {
      TrainingReport report = report(Item.SKU, Clients.RELEVANT, LossReport.EACH, built, context);
      assertThat(report.metrics())
          .containsEntry("clients", 2.0)
          .containsEntry("items", 1.0)
          .containsEntry("client-item pairs", 2.0);
    }
  }

  @Test
  void reportsTheLossAfterEachIterationOrTheLastOrNever() {
    try (TestContext context = new TestContext();
        BuiltLog built = shop(0).build(context.allocator())) {
      List<Double> each = losses(LossReport.EACH, built, context);
      assertThat(each).hasSize(3).isSortedAccordingTo((a, b) -> Double.compare(b, a));
      assertThat(losses(LossReport.LAST, built, context)).containsExactly(each.get(2));
      assertThat(report(Item.SKU, Clients.ALL, LossReport.NONE, built, context).metrics())
          .doesNotContainKey("training loss");
    }
  }

  @Test
  void anotherSeedGivesAnotherModel() {
    try (TestContext one = new TestContext(1, 1);
        TestContext two = new TestContext(1, 2);
        BuiltLog built = shop(0).build(one.allocator())) {
      assertThat(fit(CONFIG, built, one).vector(1)).isNotEqualTo(fit(CONFIG, built, two).vector(1));
    }
  }

  @Test
  void stopsFittingAndEmbeddingWhenCancelled() {
    try (TestContext context = new TestContext();
        BuiltLog built = shop(0).build(context.allocator());
        EmbeddingModel model = new AlsModel(CONFIG, context)) {
      model.fit(built.log());
      ClientSelection many = ClientSelection.of(LongStream.range(0, 500_000).toArray());
      // the first batch cancels; the rest must not come
      assertCancelled(() -> model.embed(built.log(), many, batch -> context.cancel()));
      assertCancelled(() -> new AlsModel(CONFIG, context).fit(built.log()));
    }
  }

  @Test
  void refusesAModelOfOtherFactors() throws Exception {
    try (TestContext context = new TestContext();
        BuiltLog built = shop(0).build(context.allocator());
        EmbeddingModel model = new AlsModel(CONFIG, context)) {
      model.fit(built.log());
      Path folder = Files.createDirectory(saved.resolve("model"));
      model.save(folder);
      AlsConfig other = AlsConfigs.solving(Solver.CHOLESKY, 7, 3);
      assertThatThrownBy(() -> AlsModel.open(other, folder, context))
          .isInstanceOfSatisfying(
              PluginException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.INCOMPATIBLE_MODEL))
          .hasMessageContaining("wanted <f4 [2, 7] (items, factors), found <f4 [2, 6]");
    }
  }

  /** Odd clients bought skus 10 (twice) and 20, even ones 30; 10 and 20 have a category each. */
  private static EventLogBuilder shop(long firstMicros) {
    EventLogBuilder builder = new EventLogBuilder().product(10, 1L, 1L).product(20, 2L, 1L);
    builder.product(30, 2L, 1L);
    for (long client = 1; client <= 6; client++) {
      if (client % 2 == 1) {
        builder.event(EventKind.PRODUCT_BUY, client, firstMicros, 10);
        builder.event(EventKind.PRODUCT_BUY, client, firstMicros + 1, 20);
        builder.event(EventKind.PRODUCT_BUY, client, firstMicros + 2, 10);
      } else {
        builder.event(EventKind.PRODUCT_BUY, client, firstMicros, 30);
      }
    }
    return builder;
  }

  private static CollectingSink fit(AlsConfig config, BuiltLog built, TestContext context) {
    try (EmbeddingModel model = new AlsModel(config, context)) {
      model.fit(built.log());
      CollectingSink sink = new CollectingSink();
      long[] clients = LongStream.range(0, 30).toArray();
      model.embed(built.log(), ClientSelection.of(clients), sink);
      return sink;
    }
  }

  private static CollectingSink embed(EmbeddingModel model, BuiltLog built) {
    CollectingSink sink = new CollectingSink();
    model.embed(built.log(), built.log().relevantClients(), sink);
    return sink;
  }

  private static TrainingReport report(
      Item item, Clients clients, LossReport loss, BuiltLog built, TestContext context) {
    try (EmbeddingModel model =
        new AlsModel(AlsConfigs.reading(BUYS, item, clients, 4, loss), context)) {
      return model.fit(built.log());
    }
  }

  private static List<Double> losses(LossReport loss, BuiltLog built, TestContext context) {
    TrainingReport report = report(Item.SKU, Clients.ALL, loss, built, context);
    List<Double> curve = report.curves().get("training loss");
    assertThat(report.metrics()).containsEntry("training loss", curve.get(curve.size() - 1));
    return curve;
  }

  private static void assertCancelled(Runnable work) {
    assertThatThrownBy(work::run)
        .isInstanceOfSatisfying(
            PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
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
