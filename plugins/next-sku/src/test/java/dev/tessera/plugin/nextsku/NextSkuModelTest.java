package dev.tessera.plugin.nextsku;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventKind;
import dev.tessera.api.PluginException;
import dev.tessera.api.TrainingReport;
import dev.tessera.api.testkit.BuiltLog;
import dev.tessera.api.testkit.CollectingSink;
import dev.tessera.api.testkit.EventLogBuilder;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.api.testkit.TinyEvents;
import dev.tessera.neural.BatchOptions;
import dev.tessera.neural.BatchSource;
import dev.tessera.neural.SequenceSource;
import dev.tessera.neural.TokenBatch;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NextSkuModelTest {

  private static final long HOUR = 3_600_000_000L;

  @TempDir Path folder;

  private static float[] embed(NextSkuModel model, BuiltLog built, long client) {
    CollectingSink sink = new CollectingSink();
    model.embed(built.log(), ClientSelection.of(client), sink);
    return sink.vectors().get(0);
  }

  /** Each client adds sku u, buys u + 1, adds u + 2 …; category and price follow from the sku. */
  private static BuiltLog cycles(TestContext context, int clients) {
    EventLogBuilder builder = new EventLogBuilder();
    for (int sku = 0; sku < 20; sku++) {
      builder.product(sku, 100L + sku, 4L * sku);
    }
    for (int client = 0; client < clients; client++) {
      builder.relevant(client);
      for (int i = 0; i < 6 + client % 7; i++) {
        builder.event(
            i % 2 == 0 ? EventKind.ADD_TO_CART : EventKind.PRODUCT_BUY,
            client,
            TinyEvents.START_MICROS + i * HOUR,
            (client * 7L + i) % 20);
      }
    }
    return builder.build(context.allocator());
  }

  @Test
  void learnsToTellTheNextEventBetterThanPopularity() {
    NextSkuConfig config =
        new NextSkuConfigs()
            .sizes(24, 7, 2)
            .priceWeight(0.1)
            .dropout(0)
            .training(30, 0.01, 16)
            .build();
    try (TestContext context = new TestContext(2, 42);
        BuiltLog built = cycles(context, 300);
        NextSkuModel model = NextSkuModel.untrained(config, context)) {
      TrainingReport report = model.fit(built.log());
      assertThat(report.metrics().get("held-out accuracy category")).isGreaterThan(0.9);
      assertThat(report.metrics().get("held-out accuracy category, by popularity")).isLessThan(0.2);
      assertThat(report.metrics().get("held-out accuracy event")).isGreaterThan(0.9);
      assertThat(report.metrics().get("held-out MRR category")).isGreaterThan(0.9);
      assertThat(report.metrics().get("held-out price error"))
          .isLessThan(0.5 * report.metrics().get("held-out price error, by popularity"));
      assertThat(report.curves().get("held-out loss")).hasSize(30);
      assertThat(report.notes()).isEmpty();
    }
  }

  @Test
  void takesUnseenCategoriesAndProductsWithoutPropertiesAsUnknown() {
    try (TestContext context = new TestContext();
        BuiltLog built = cycles(context, 40);
        BuiltLog later = unseen(context, 7_000L);
        BuiltLog other = unseen(context, 7_001L);
        NextSkuModel model = NextSkuModel.untrained(new NextSkuConfigs().build(), context)) {
      model.fit(built.log());
      float[] first = embed(model, later, 5);
      assertThat(embed(model, other, 5)).isEqualTo(first).isNotEqualTo(new float[first.length]);
    }
  }

  private static BuiltLog unseen(TestContext context, long category) {
    return new EventLogBuilder()
        .product(1, category, 3L)
        .event(EventKind.PRODUCT_BUY, 5, TinyEvents.START_MICROS, 1)
        .event(EventKind.ADD_TO_CART, 5, TinyEvents.START_MICROS + HOUR, 99)
        .build(context.allocator());
  }

  @Test
  void learnsFromASampleOfClients() {
    NextSkuConfig config = new NextSkuConfigs().sample(30).build();
    try (TestContext context = new TestContext();
        BuiltLog built = cycles(context, 100);
        NextSkuModel model = NextSkuModel.untrained(config, context)) {
      TrainingReport report = model.fit(built.log());
      assertThat(
              report.metrics().get("training clients") + report.metrics().get("held-out clients"))
          .isEqualTo(30);
    }
  }

  @Test
  void partsOfHistoriesAreAsLongAsSaidAndOthersInEachEpoch() {
    int[] lengths = {3, 5, 9, 40};
    SequenceSource source =
        new SequenceSource() {
          @Override
          public int columns() {
            return 1;
          }

          @Override
          public int length(int client) {
            return lengths[client];
          }

          @Override
          public Reader reader() {
            return (client, target, offset) -> {
              for (int i = 0; i < lengths[client]; i++) {
                target[0][offset + i] = 100 * client + i;
              }
            };
          }
        };
    SlicedBatches batches =
        new SlicedBatches(source, new int[] {0, 1, 2, 3}, 5, 8, new BatchOptions(1, 64), 1);
    boolean[] starts = new boolean[40];
    for (int number = 0; number < 200; number++) {
      BatchSource.Epoch epoch = batches.epoch(number);
      assertThat(epoch.size()).isEqualTo(4);
      for (int index = 0; index < 4; index++) {
        TokenBatch batch = epoch.batch(index);
        int[] tokens = batch.tokens()[0];
        int client = tokens[0] / 100;
        assertThat(tokens)
            .isEqualTo(IntStream.range(0, tokens.length).map(i -> tokens[0] + i).toArray());
        assertThat(tokens[tokens.length - 1]).isLessThan(100 * client + lengths[client]);
        assertThat(tokens.length)
            .isBetween(Math.min(5, lengths[client]), Math.min(8, lengths[client]));
        if (client == 3) {
          starts[tokens[0] - 300] = true;
        }
      }
    }
    assertThat(IntStream.range(0, 36).filter(i -> starts[i]).count()).isGreaterThan(30);
    assertThat(batches.epoch(7).batch(2).tokens()[0])
        .isEqualTo(batches.epoch(7).batch(2).tokens()[0]);
    assertThat(Arrays.equals(starts, new boolean[40])).isFalse();
  }

  @Test
  void saysThatThereIsOneCategoryOnly() {
    EventLogBuilder builder = new EventLogBuilder().product(1, 7L, 3L).product(2, 7L, 4L);
    for (int i = 0; i < 12; i++) {
      builder.event(
          EventKind.PRODUCT_BUY, 1 + i % 3, TinyEvents.START_MICROS + i * HOUR, 1 + i % 2);
    }
    assertRefused(builder, "wanted at least 2 categories", "found 1; see that product_properties");
  }

  @Test
  void saysThatTheDataLackProductProperties() {
    EventLogBuilder builder = new EventLogBuilder();
    for (int i = 0; i < 12; i++) {
      builder.event(
          EventKind.PRODUCT_BUY, 1 + i % 3, TinyEvents.START_MICROS + i * HOUR, 1 + i % 2);
    }
    assertRefused(builder, "wanted at least 2 categories", "found 0; see that product_properties");
  }

  @Test
  void saysThatTheDataLackProductEvents() {
    EventLogBuilder builder = new EventLogBuilder().product(1, 7L, 3L);
    for (int i = 0; i < 12; i++) {
      builder.event(EventKind.PAGE_VISIT, 1 + i % 3, TinyEvents.START_MICROS + i * HOUR, 1);
    }
    assertRefused(
        builder,
        "wanted at least 2 clients with two or more product events",
        "product_buy, add_to_cart, remove_from_cart");
  }

  private static void assertRefused(EventLogBuilder builder, String wanted, String found) {
    try (TestContext context = new TestContext();
        BuiltLog built = builder.build(context.allocator());
        NextSkuModel model = NextSkuModel.untrained(new NextSkuConfigs().build(), context)) {
      assertThatThrownBy(() -> model.fit(built.log()))
          .isInstanceOfSatisfying(
              PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_DATA))
          .hasMessageContaining(wanted)
          .hasMessageContaining(found);
    }
  }

  @Test
  void refusesAModelOfAnotherConfigurationAndNamesTheDifference() {
    try (TestContext context = new TestContext();
        BuiltLog built = cycles(context, 40);
        NextSkuModel model = NextSkuModel.untrained(new NextSkuConfigs().build(), context)) {
      model.fit(built.log());
      model.save(folder);
      NextSkuConfig other = new NextSkuConfigs().sizes(6, 5, 2).build();
      assertThatThrownBy(() -> NextSkuModel.open(other, folder, context))
          .isInstanceOfSatisfying(
              PluginException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.INCOMPATIBLE_MODEL))
          .hasMessage("the model " + folder + " was made with category-size 8, wanted 6");
    }
  }

  @Test
  void refusesSizesThatCannotBe() {
    assertThatThrownBy(() -> new NextSkuConfigs().sizes(8, 4, 2).build())
        .hasMessage("heads must divide the width 13, was 2");
    assertThatThrownBy(() -> new NextSkuConfigs().slices(9, 8).build())
        .hasMessage("max-slice must be at least min-slice 9, was 8");
    assertThatThrownBy(() -> new NextSkuConfigs().slices(9, 4096).build())
        .hasMessage("batch-tokens must be at least max-slice + 1 = 4097, was 4096");
  }
}
