package dev.tessera.plugin.stats;

import static dev.tessera.api.EventKind.ADD_TO_CART;
import static dev.tessera.api.EventKind.PAGE_VISIT;
import static dev.tessera.api.EventKind.PRODUCT_BUY;
import static dev.tessera.api.EventKind.REMOVE_FROM_CART;
import static dev.tessera.api.testkit.TinyEvents.DAY_MICROS;
import static dev.tessera.api.testkit.TinyEvents.START_MICROS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StatsModelTest {

  private static final long HOUR_MICROS = DAY_MICROS / 24;

  private final TestContext context = new TestContext(2, 42);

  @AfterEach
  void closeContext() {
    context.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void equalsAPlainLoopOnTheTinyLog(long seed) {
    try (BuiltLog built = TinyEvents.log(context.allocator(), seed, 60);
        StatsModel model = fitted(built, StatsConfigs.DEFAULT)) {
      StatsOracle oracle = new StatsOracle(built.log());
      for (long client : built.log().relevantClients().toArray()) {
        Map<String, Double> actual = columns(model, built, client);
        oracle
            .columns(client)
            .forEach(
                (name, value) ->
                    assertThat(actual.get(name))
                        .as("client %d %s", client, name)
                        .isCloseTo(value, within(1e-9 * Math.abs(value))));
      }
    }
  }

  @Test
  void describesAClientWithOneEvent() {
    try (BuiltLog built =
            new EventLogBuilder()
                .relevant(1, 2)
                .event(PAGE_VISIT, 1, START_MICROS, 7)
                .event(PAGE_VISIT, 2, START_MICROS + 3 * DAY_MICROS + HOUR_MICROS, 7)
                .build(context.allocator());
        StatsModel model = fitted(built, StatsConfigs.DEFAULT)) {
      assertThat(nonZero(model, built, 2))
          .isEqualTo(
              Map.of(
                  "visit_total_interactions", 1.0,
                  "diff_visit_week", 1.0,
                  "diff_visit_month", 1.0,
                  "visit_days_from_first_to_start", 3.0,
                  "visit_days_from_last_to_start", 3.0,
                  "average_pop_visit", 2.0,
                  "unique_weeks", 1.0,
                  "unique_months", 1.0));
    }
  }

  @Test
  void countsRowsOfUnknownProductsButNotTheirCategoryAndPrice() {
    try (BuiltLog built =
            new EventLogBuilder()
                .relevant(1)
                .product(10, 5L, 30L)
                .product(11, null, 50L)
                .event(PRODUCT_BUY, 1, START_MICROS, 10)
                .event(PRODUCT_BUY, 1, START_MICROS, 11)
                .event(PRODUCT_BUY, 1, START_MICROS, 99)
                .event(ADD_TO_CART, 1, START_MICROS, 10)
                .event(ADD_TO_CART, 1, START_MICROS, 98)
                .event(REMOVE_FROM_CART, 1, START_MICROS, 97)
                .build(context.allocator());
        StatsModel model = fitted(built, StatsConfigs.DEFAULT)) {
      assertThat(columns(model, built, 1))
          .containsEntry("buy_total_interactions", 3.0)
          .containsEntry("average_pop_buy", 1.0)
          .containsEntry("category_popularity_buy", 1.0)
          .containsEntry("category_popularity_remove", 0.0)
          .containsEntry("average_pop_remove", 1.0)
          .containsEntry("total_spent", 80.0)
          .containsEntry("average_spent", 40.0)
          .containsEntry("bought", 0.5)
          // sku 98 and sku 99 are other products, but both without a category
          .containsEntry("bought_cat", 1.0);
    }
  }

  @Test
  void countsOnlyRelevantClientsInWhatItLearns() {
    try (BuiltLog built =
            new EventLogBuilder()
                .relevant(1)
                .event(PAGE_VISIT, 1, START_MICROS, 7)
                .event(PAGE_VISIT, 2, START_MICROS - 40 * DAY_MICROS, 7)
                .event(PAGE_VISIT, 2, START_MICROS + 40 * DAY_MICROS, 7)
                .build(context.allocator());
        StatsModel model = fitted(built, StatsConfigs.DEFAULT)) {
      assertThat(columns(model, built, 1))
          .containsEntry("average_pop_visit", 1.0)
          .containsEntry("visit_days_from_first_to_start", 0.0)
          .containsEntry("diff_visit_week", 1.0);
    }
  }

  @Test
  void embedsALaterLogWithOtherCodesFromTheFittedPoints(@TempDir Path folder) {
    try (BuiltLog built =
            new EventLogBuilder()
                .relevant(1, 2)
                .product(20, 8L, 30L)
                .event(PRODUCT_BUY, 1, START_MICROS, 20)
                .event(PRODUCT_BUY, 2, START_MICROS + 20 * DAY_MICROS, 20)
                .build(context.allocator());
        BuiltLog later =
            new EventLogBuilder()
                .relevant(3)
                .product(10, 4L, 30L)
                .product(20, 8L, 30L)
                .event(PRODUCT_BUY, 3, START_MICROS - HOUR_MICROS, 10)
                .event(PRODUCT_BUY, 3, START_MICROS + 20 * DAY_MICROS, 20)
                .event(PRODUCT_BUY, 3, START_MICROS + 30 * DAY_MICROS, 20)
                .build(context.allocator());
        StatsModel model = fitted(built, StatsConfigs.DEFAULT)) {
      model.save(folder);
      try (StatsModel opened = StatsModel.open(StatsConfigs.DEFAULT, folder, context)) {
        assertThat(columns(opened, later, 3))
            .isEqualTo(columns(model, later, 3))
            .containsEntry("buy_total_interactions", 3.0)
            .containsEntry("buy_days_from_first_to_start", -1.0)
            .containsEntry("buy_days_from_last_to_start", 30.0)
            .containsEntry("diff_buy_week", 1.0)
            .containsEntry("average_pop_buy", 4 / 3.0)
            .containsEntry("category_popularity_buy", 4 / 3.0);
        assertThat(columns(opened, built, 1)).isEqualTo(columns(model, built, 1));
      }
    }
  }

  @Test
  void fitsALogWithoutEventsAndGivesZeros() {
    try (BuiltLog empty = new EventLogBuilder().relevant(5, 6).build(context.allocator());
        BuiltLog later = TinyEvents.log(context.allocator(), 1, 20);
        StatsModel model = fitted(empty, StatsConfigs.DEFAULT)) {
      assertThat(nonZero(model, empty, 5)).isEmpty();
      Map<String, Double> columns = columns(model, later, 100);
      assertThat(columns.get("visit_total_interactions")).isPositive();
      assertThat(columns)
          .containsEntry("visit_days_from_last_to_start", 0.0)
          .containsEntry("average_pop_visit", 0.0);
    }
  }

  @Test
  void leavesOutColumnsOfTablesThatAreNotUsed() {
    StatsConfig config = new StatsConfig(List.of(PAGE_VISIT, ADD_TO_CART), CountScale.RAW);
    try (BuiltLog built = TinyEvents.log(context.allocator(), 1, 20);
        StatsModel model = fitted(built, config);
        StatsModel full = fitted(built, StatsConfigs.DEFAULT)) {
      assertThat(model.columnNames())
          .hasSize(17)
          .startsWith("add_total_interactions")
          .endsWith("average_pop_visit", "unique_weeks", "unique_months");
      assertThat(columns(full, built, 100)).containsAllEntriesOf(columns(model, built, 100));
    }
  }

  @Test
  void scalesOnlyCountsWithLog1p() {
    StatsConfig config = new StatsConfig(StatsColumn.KINDS, CountScale.LOG1P);
    try (BuiltLog built = TinyEvents.log(context.allocator(), 1, 20);
        StatsModel scaled = fitted(built, config);
        StatsModel raw = fitted(built, StatsConfigs.DEFAULT)) {
      for (long client : built.log().relevantClients().toArray()) {
        Map<String, Double> expected = columns(raw, built, client);
        expected.replaceAll(
            (name, value) ->
                name.matches(".*(total|diff|pop).*")
                    ? Math.signum(value) * Math.log1p(Math.abs(value))
                    : value);
        columns(scaled, built, client)
            .forEach(
                (name, value) ->
                    assertThat(value).as(name).isCloseTo(expected.get(name), within(1e-12)));
      }
    }
  }

  @Test
  void notesThatACountMayNotFitAFloat16() {
    EventLogBuilder builder = new EventLogBuilder().relevant(1);
    for (int i = 0; i < 65_505; i++) {
      builder.event(PAGE_VISIT, 1, START_MICROS, 7);
    }
    StatsConfig scaled = new StatsConfig(StatsColumn.KINDS, CountScale.LOG1P);
    try (BuiltLog built = builder.build(context.allocator());
        StatsModel raw = StatsModel.untrained(StatsConfigs.DEFAULT, context);
        StatsModel log1p = StatsModel.untrained(scaled, context)) {
      TrainingReport report = raw.fit(built.log());
      assertThat(report.notes())
          .singleElement()
          .asString()
          .contains("page_visit", "65,505 rows", "65,504", "counts: log1p");
      assertThat(report.metrics()).containsEntry("page_visit rows of relevant clients", 65_505.0);
      assertThat(log1p.fit(built.log()).notes()).isEmpty();
    }
  }

  @Test
  void stopsWhenCancelled() {
    try (BuiltLog built = TinyEvents.log(context.allocator(), 1, 20);
        StatsModel model = fitted(built, StatsConfigs.DEFAULT);
        StatsModel unfitted = StatsModel.untrained(StatsConfigs.DEFAULT, context)) {
      context.cancel();
      assertCancelled(() -> unfitted.fit(built.log()));
      assertCancelled(
          () -> model.embed(built.log(), built.log().relevantClients(), new CollectingSink()));
    }
  }

  @Test
  void refusesAModelFittedWithoutATableThatItIsOpenedFor(@TempDir Path folder) {
    StatsConfig visits = new StatsConfig(List.of(PAGE_VISIT), CountScale.RAW);
    try (BuiltLog built = TinyEvents.log(context.allocator(), 1, 20);
        StatsModel model = fitted(built, visits)) {
      model.save(folder);
      assertThatThrownBy(() -> StatsModel.open(StatsConfigs.DEFAULT, folder, context))
          .isInstanceOfSatisfying(
              PluginException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.INCOMPATIBLE_MODEL))
          .hasMessageContaining(folder.toString())
          .hasMessageContaining("product_buy_span.npy");
    }
  }

  @Test
  void refusesATableWithoutColumnsOrNamedTwice() {
    assertThatThrownBy(() -> new StatsConfig(List.of(EventKind.SEARCH_QUERY), CountScale.RAW))
        .hasMessage(
            "events must be of product_buy, add_to_cart, page_visit, remove_from_cart,"
                + " was search_query");
    assertThatThrownBy(() -> new StatsConfig(List.of(PAGE_VISIT, PAGE_VISIT), CountScale.RAW))
        .hasMessage("events names page_visit twice");
    assertThatThrownBy(() -> new StatsConfig(List.of(), CountScale.RAW))
        .hasMessageContaining("was empty");
  }

  private StatsModel fitted(BuiltLog built, StatsConfig config) {
    StatsModel model = StatsModel.untrained(config, context);
    model.fit(built.log());
    return model;
  }

  private static Map<String, Double> columns(StatsModel model, BuiltLog built, long client) {
    double[] row = model.embedInDouble(built.log(), ClientSelection.of(client));
    Map<String, Double> columns = new LinkedHashMap<>();
    for (int column = 0; column < row.length; column++) {
      columns.put(model.columnNames().get(column), row[column]);
    }
    return columns;
  }

  private static Map<String, Double> nonZero(StatsModel model, BuiltLog built, long client) {
    Map<String, Double> columns = columns(model, built, client);
    columns.values().removeIf(value -> value == 0);
    return columns;
  }

  private static void assertCancelled(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
  }
}
