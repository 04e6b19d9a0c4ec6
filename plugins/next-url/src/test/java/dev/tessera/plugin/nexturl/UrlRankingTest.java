package dev.tessera.plugin.nexturl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.api.EventKind;
import dev.tessera.api.testkit.BuiltLog;
import dev.tessera.api.testkit.EventLogBuilder;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.api.testkit.TinyEvents;
import dev.tessera.neural.BatchOptions;
import dev.tessera.neural.RankFigures;
import org.junit.jupiter.api.Test;

/** The popularity ranking, by hand: urls 10, 20, 30, 40 visited 4, 3, 2 and 1 times in training. */
class UrlRankingTest {

  private static final long[][] VISITS = {
    {10, 10, 10, 10, 20, 20, 20, 30, 30, 40},
    // the last is the commonest but two, of which the commonest was seen before
    {10, 30},
    // the last was seen before
    {20, 10, 20},
    // the least of all
    {30, 40}
  };

  private static RankFigures judge(boolean filterSeen) {
    EventLogBuilder builder = new EventLogBuilder();
    for (int client = 0; client < VISITS.length; client++) {
      for (int i = 0; i < VISITS[client].length; i++) {
        builder.event(
            EventKind.PAGE_VISIT, client, TinyEvents.START_MICROS + i * 1000L, VISITS[client][i]);
      }
    }
    try (TestContext context = new TestContext();
        BuiltLog built = builder.build(context.allocator())) {
      UrlVocabulary vocabulary = UrlVocabulary.fit(built.log(), new int[] {0, 1, 2, 3}, 1);
      UrlSequences sequences =
          new UrlSequences(built.log(), vocabulary, RareUrls.DROP, 100, context);
      return new UrlRanking(
              sequences,
              new int[] {1, 2, 3},
              vocabulary.size(),
              filterSeen,
              new BatchOptions(2, 10),
              context)
          .judgePopularity(new int[] {0})
          .ranks();
    }
  }

  @Test
  void ranksAllUrls() {
    RankFigures figures = judge(false);
    // ranks 3, 2, 4
    assertThat(figures.hits()).isEqualTo(1);
    assertThat(figures.reciprocal()).isCloseTo((1.0 / 3 + 1.0 / 2 + 1.0 / 4) / 3, within(1e-12));
    assertThat(figures.ndcg())
        .isCloseTo(
            (1 / 2.0 + Math.log(2) / Math.log(3) + Math.log(2) / Math.log(5)) / 3, within(1e-12));
    assertThat(figures.ranked()).isEqualTo(1);
  }

  @Test
  void leavesOutWhatWasSeenBefore() {
    RankFigures figures = judge(true);
    // ranks 2, none, 3
    assertThat(figures.hits()).isCloseTo(2.0 / 3, within(1e-12));
    assertThat(figures.reciprocal()).isCloseTo((1.0 / 2 + 1.0 / 3) / 3, within(1e-12));
    assertThat(figures.ranked()).isCloseTo(2.0 / 3, within(1e-12));
  }
}
