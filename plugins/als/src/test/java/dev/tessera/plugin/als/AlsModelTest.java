package dev.tessera.plugin.als;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingModel;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventKind;
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
import dev.tessera.plugin.als.AlsConfig.Solver;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlsModelTest {

  private static final AlsConfig BUYS_BY_SKU =
      AlsConfigs.reading(Map.of(EventKind.PRODUCT_BUY, 2.0), Item.SKU, Clients.ALL, 3);

  @TempDir Path folder;

  @Test
  void tellsTheTwoGroupsOfACheckerboardApart() {
    try (TestContext context = new TestContext();
        BuiltLog built = TinyEvents.checkerboard(context.allocator(), 20);
        EmbeddingModel model = new AlsPluginFactory().create(BUYS_BY_SKU, context)) {
      model.fit(built.log());
      CollectingSink sink = embed(model, built);
      assertThat(cosine(sink.vector(0), sink.vector(2))).isCloseTo(1, within(1e-3));
      assertThat(cosine(sink.vector(1), sink.vector(3))).isCloseTo(1, within(1e-3));
      model.save(folder);
      float[] items = Npy.readFloats(folder.resolve("item_factors.npy"));
      for (int client = 0; client < 20; client++) {
        for (int sku = 0; sku < 20; sku++) {
          double score = 0;
          for (int k = 0; k < 3; k++) {
            score += sink.vector(client)[k] * items[3 * sku + k];
          }
          // bought: preference 1, not bought: 0
          assertThat(score).isCloseTo((client + sku) % 2 == 0 ? 1 : 0, within(0.2));
        }
      }
    }
  }

  /** x = (Yᵀ C Y + λ I)⁻¹ Yᵀ C p, written out densely in double and solved by elimination. */
  @Test
  void foldsAClientInAsTheDenseNormalEquationsSay() {
    try (TestContext context = new TestContext();
        BuiltLog built = TinyEvents.log(context.allocator(), 3, 60);
        EmbeddingModel model = new AlsPluginFactory().create(BUYS_BY_SKU, context)) {
      model.fit(built.log());
      model.save(folder);
      float[] items = Npy.readFloats(folder.resolve("item_factors.npy"));
      long[] ids = Npy.readLongs(folder.resolve("item_ids.npy"));
      CollectingSink sink = embed(model, built);
      var buys = built.log().events(EventKind.PRODUCT_BUY);
      int[] clients = built.log().indexOf(built.log().relevantClients());
      int compared = 0;
      for (int c = 0; c < clients.length; c++) {
        double[] weight = new double[ids.length];
        for (int row = buys.start(clients[c]); row < buys.end(clients[c]); row++) {
          long sku = built.log().products().skus().get(buys.item(row));
          weight[Arrays.binarySearch(ids, sku)] += 2;
        }
        double[] expected = dense(items, weight, 3);
        float[] actual = sink.vectors().get(c);
        for (int k = 0; k < 3; k++) {
          assertThat((double) actual[k]).isCloseTo(expected[k], within(2e-3));
        }
        compared += buys.end(clients[c]) > buys.start(clients[c]) ? 1 : 0;
      }
      assertThat(compared).isGreaterThan(20);
    }
  }

  private static double[] dense(float[] items, double[] weight, int factors) {
    double[][] left = new double[factors][factors + 1];
    for (int i = 0; i < weight.length; i++) {
      double confidence = weight[i] > 0 ? weight[i] : 1;
      for (int a = 0; a < factors; a++) {
        for (int b = 0; b < factors; b++) {
          left[a][b] += confidence * items[i * factors + a] * items[i * factors + b];
        }
        left[a][factors] += weight[i] > 0 ? confidence * items[i * factors + a] : 0;
      }
    }
    for (int a = 0; a < factors; a++) {
      left[a][a] += 0.01;
    }
    for (int pivot = 0; pivot < factors; pivot++) {
      for (int row = 0; row < factors; row++) {
        double scale = row == pivot ? 0 : left[row][pivot] / left[pivot][pivot];
        for (int column = 0; column <= factors; column++) {
          left[row][column] -= scale * left[pivot][column];
        }
      }
    }
    double[] x = new double[factors];
    for (int a = 0; a < factors; a++) {
      x[a] = left[a][factors] / left[a][a];
    }
    return x;
  }

  @Test
  void givesAClientWithoutEventsZerosAndOneOfALaterLogItsFittedTwinsVector() {
    try (TestContext context = new TestContext();
        BuiltLog built = TinyEvents.checkerboard(context.allocator(), 12);
        BuiltLog later = laterClient(context);
        EmbeddingModel model = new AlsPluginFactory().create(BUYS_BY_SKU, context)) {
      model.fit(built.log());
      CollectingSink fitted = embed(model, built);
      CollectingSink sink = new CollectingSink();
      model.embed(later.log(), ClientSelection.of(700, 800), sink);
      assertThat(sink.vector(700)).isEqualTo(fitted.vector(4));
      assertThat(sink.vector(800)).containsOnly(0);
    }
  }

  /** Client 700 buys what the even clients of the checkerboard buy, and a sku never seen there. */
  private static BuiltLog laterClient(TestContext context) {
    EventLogBuilder builder = new EventLogBuilder().relevant(800);
    for (int sku = 0; sku < 12; sku += 2) {
      builder.event(EventKind.PRODUCT_BUY, 700, TinyEvents.START_MICROS + sku, sku);
    }
    builder.event(EventKind.PRODUCT_BUY, 700, TinyEvents.START_MICROS, 99_999);
    return builder.build(context.allocator());
  }

  @Test
  void reportsAFallingTrainingLoss() {
    try (TestContext context = new TestContext();
        BuiltLog built = TinyEvents.log(context.allocator(), 3, 80);
        EmbeddingModel model =
            new AlsPluginFactory().create(AlsConfigs.solving(Solver.CHOLESKY, 8, 6), context)) {
      TrainingReport report = model.fit(built.log());
      List<Double> losses = report.curves().get("training loss");
      assertThat(losses).hasSize(6);
      for (int i = 1; i < losses.size(); i++) {
        assertThat(losses.get(i)).isLessThan(losses.get(i - 1));
      }
      assertThat(report.metrics().get("training loss")).isEqualTo(losses.get(5));
    }
  }

  @Test
  void takesMoreFactorsThanItems() {
    try (TestContext context = new TestContext();
        BuiltLog built = TinyEvents.checkerboard(context.allocator(), 6);
        EmbeddingModel model =
            new AlsPluginFactory()
                .create(
                    AlsConfigs.reading(
                        Map.of(EventKind.PRODUCT_BUY, 1.0), Item.SKU, Clients.ALL, 40),
                    context)) {
      model.fit(built.log());
      assertThat(embed(model, built).vectors()).hasSize(6).allMatch(v -> v.length == 40);
    }
  }

  @Test
  void stopsWhenItIsCancelled() {
    try (TestContext context = new TestContext();
        BuiltLog built = TinyEvents.checkerboard(context.allocator(), 6);
        EmbeddingModel model = new AlsPluginFactory().create(BUYS_BY_SKU, context)) {
      context.cancel();
      assertThatThrownBy(() -> model.fit(built.log()))
          .isInstanceOfSatisfying(
              PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
    }
  }

  @Test
  void refusesEventsThatCannotHaveTheItem() {
    assertThatThrownBy(
            () ->
                AlsConfigs.reading(
                    Map.of(EventKind.PAGE_VISIT, 1.0), Item.CATEGORY, Clients.ALL, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("page_visit");
  }

  private static CollectingSink embed(EmbeddingModel model, BuiltLog built) {
    CollectingSink sink = new CollectingSink();
    model.embed(built.log(), built.log().relevantClients(), sink);
    return sink;
  }

  private static double cosine(float[] a, float[] b) {
    double dot = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      dot += a[i] * b[i];
      aa += a[i] * a[i];
      bb += b[i] * b[i];
    }
    return dot / Math.sqrt(aa * bb);
  }
}
