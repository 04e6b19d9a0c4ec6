package dev.tessera.plugin.nexturl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.PluginException;
import dev.tessera.api.TrainingReport;
import dev.tessera.api.testkit.BuiltLog;
import dev.tessera.api.testkit.CollectingSink;
import dev.tessera.api.testkit.EventLogBuilder;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.api.testkit.TinyEvents;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NextUrlModelTest {

  private static final long HOUR = 3_600_000_000L;

  @TempDir Path folder;

  private static List<float[]> embed(NextUrlModel model, EventLog log, ClientSelection clients) {
    CollectingSink sink = new CollectingSink();
    model.embed(log, clients, sink);
    return sink.vectors();
  }

  /** Each client visits urls u, u + 1, u + 2, … of 40, so that the next is fully told. */
  private static BuiltLog cycles(TestContext context, int clients) {
    EventLogBuilder builder = new EventLogBuilder();
    for (int client = 0; client < clients; client++) {
      builder.relevant(client);
      for (int i = 0; i < 6 + client % 7; i++) {
        long url = 3L * ((client * 11L + i) % 40);
        builder.event(EventKind.PAGE_VISIT, client, TinyEvents.START_MICROS + i * HOUR, url);
      }
    }
    return builder.build(context.allocator());
  }

  @ParameterizedTest
  @CsvSource({
    "50, BATCH, DROP",
    "15, BATCH, DROP",
    "15, SEQUENCE, DROP",
    "15, BATCH, UNKNOWN",
    "15, SEQUENCE, UNKNOWN"
  })
  void learnsToTellTheNextUrlBetterThanPopularity(int negatives, NegativesPer per, RareUrls rare) {
    NextUrlConfig config =
        new NextUrlConfigs()
            .sizes(16, 2, 16)
            .negatives(negatives, per)
            .rare(rare)
            .training(10, 0.01, 32)
            .build();
    try (TestContext context = new TestContext(2, 42);
        BuiltLog built = cycles(context, 300);
        NextUrlModel model = NextUrlModel.untrained(config, context)) {
      TrainingReport report = model.fit(built.log());
      assertThat(report.metrics().get("held-out NDCG@10")).isGreaterThan(0.9);
      assertThat(report.metrics().get("held-out MRR")).isGreaterThan(0.85);
      assertThat(report.metrics().get("held-out NDCG@10, by popularity")).isLessThan(0.4);
      assertThat(report.curves().get("held-out HR@10")).hasSize(10);
      assertThat(report.notes()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"DROP", "UNKNOWN"})
  void givesUnseenUrlsTheUnknownToken(RareUrls rare) {
    NextUrlConfig config = new NextUrlConfigs().rare(rare).build();
    try (TestContext context = new TestContext();
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 80);
        BuiltLog later = visits(context, 1_000_001);
        BuiltLog other = visits(context, 1_000_002);
        NextUrlModel model = NextUrlModel.untrained(config, context)) {
      model.fit(built.log());
      float[] first = embed(model, later.log(), ClientSelection.of(5)).get(0);
      float[] second = embed(model, other.log(), ClientSelection.of(5)).get(0);
      assertThat(first).isEqualTo(second).isNotEqualTo(new float[first.length]);
    }
  }

  private static BuiltLog visits(TestContext context, long... urls) {
    EventLogBuilder builder = new EventLogBuilder();
    for (int i = 0; i < urls.length; i++) {
      builder.event(EventKind.PAGE_VISIT, 5, TinyEvents.START_MICROS + i * HOUR, urls[i]);
    }
    return builder.build(context.allocator());
  }

  @Test
  void goesByOriginalIdsNotByALogsCodes() {
    try (TestContext context = new TestContext();
        BuiltLog built = cycles(context, 60);
        BuiltLog later = visits(context, 1, 2, 33, 36);
        BuiltLog same = visits(context, 33, 36);
        NextUrlModel model = NextUrlModel.untrained(new NextUrlConfigs().build(), context)) {
      model.fit(built.log());
      // 1 and 2 were never seen, so they are left out
      assertThat(embed(model, later.log(), ClientSelection.of(5)).get(0))
          .isEqualTo(embed(model, same.log(), ClientSelection.of(5)).get(0));
    }
  }

  @Test
  void learnsFromASampleOfClients() {
    NextUrlConfig config = new NextUrlConfigs().sample(30).minVisits(1).build();
    try (TestContext context = new TestContext();
        BuiltLog built = cycles(context, 100);
        NextUrlModel model = NextUrlModel.untrained(config, context)) {
      TrainingReport report = model.fit(built.log());
      assertThat(
              report.metrics().get("training clients") + report.metrics().get("held-out clients"))
          .isEqualTo(30);
    }
  }

  @Test
  void saysThatTheDataLackVisits() {
    try (TestContext context = new TestContext();
        BuiltLog built = TinyEvents.checkerboard(context.allocator(), 10);
        NextUrlModel model = NextUrlModel.untrained(new NextUrlConfigs().build(), context)) {
      assertThatThrownBy(() -> model.fit(built.log()))
          .isInstanceOfSatisfying(
              PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_DATA))
          .hasMessageContaining("found none: page_visit is missing or empty");
    }
  }

  @Test
  void saysThatThereIsOneUrlOnly() {
    EventLogBuilder builder = new EventLogBuilder().relevant(1, 2, 3);
    for (int i = 0; i < 12; i++) {
      builder.event(EventKind.PAGE_VISIT, 1 + i % 3, TinyEvents.START_MICROS + i * HOUR, 9);
    }
    try (TestContext context = new TestContext();
        BuiltLog built = builder.build(context.allocator());
        NextUrlModel model = NextUrlModel.untrained(new NextUrlConfigs().build(), context)) {
      assertThatThrownBy(() -> model.fit(built.log()))
          .hasMessageContaining(
              "wanted at least 2 urls with 2 visits or more of the clients to learn from")
          .hasMessageContaining("found 1; lower min-visits");
    }
  }

  @Test
  void refusesAModelOfAnotherConfigurationAndNamesTheDifference() {
    try (TestContext context = new TestContext();
        BuiltLog built = cycles(context, 40);
        NextUrlModel model = NextUrlModel.untrained(new NextUrlConfigs().build(), context)) {
      model.fit(built.log());
      model.save(folder);
      NextUrlConfig other = new NextUrlConfigs().sizes(8, 4, 64).build();
      assertThatThrownBy(() -> NextUrlModel.open(other, folder, context))
          .isInstanceOfSatisfying(
              PluginException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.INCOMPATIBLE_MODEL))
          .hasMessage("the model " + folder + " was made with heads 2, wanted 4");
    }
  }

  @Test
  void refusesSizesThatCannotBe() {
    assertThatThrownBy(() -> new NextUrlConfigs().sizes(10, 3, 64).build())
        .hasMessage("heads must divide the width 10, was 3");
    assertThatThrownBy(() -> new NextUrlConfigs().sizes(8, 2, 4096).build())
        .hasMessage("batch-tokens must be at least max-visits + 1 = 4097, was 4096");
  }
}
