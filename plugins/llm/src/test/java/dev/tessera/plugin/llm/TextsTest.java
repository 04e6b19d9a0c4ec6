package dev.tessera.plugin.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tessera.api.EventKind;
import dev.tessera.api.testkit.BuiltLog;
import dev.tessera.api.testkit.EventLogBuilder;
import dev.tessera.api.testkit.TestContext;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class TextsTest {

  /** 2022-06-23T00:00:00Z. */
  private static final long START = 1_655_942_400_000_000L;

  private static final long SECOND = 1_000_000L;

  private static void withTexts(
      EventLogBuilder builder, LlmConfigs configs, Consumer<ClientText> check) {
    try (TestContext context = new TestContext();
        BuiltLog built = builder.build(context.allocator())) {
      check.accept(configs.build().texts(built.log()));
    }
  }

  private static EventLogBuilder shop() {
    return new EventLogBuilder()
        .product(70, 5L, 31L, (byte) 1, (byte) 200)
        .event(EventKind.PRODUCT_BUY, 1, START + 61 * SECOND, 70)
        .event(EventKind.PRODUCT_BUY, 1, START + 5 * SECOND, 70)
        .event(EventKind.PAGE_VISIT, 1, START + 5 * SECOND, 9)
        .event(EventKind.ADD_TO_CART, 1, START, 71)
        .search(2, START, (byte) -1, (byte) 7)
        .relevant(3);
  }

  @Test
  void tellsTheLastOfEqualEventsOnly() {
    withTexts(
        shop(),
        new LlmConfigs().lines(64),
        texts ->
            assertThat(texts.of(0).split("\n"))
                .containsExactly(
                    "event type: product buy; timestamp: 2022-06-23 00:01; item: 70; category: 5;"
                        + " price: 31; name: 1 200 0 0 0 0 0 0 0 0 0 0 0 0 0 0;",
                    "event type: page visit; timestamp: 2022-06-23 00:00; url: 9;",
                    "event type: add to cart; timestamp: 2022-06-23 00:00; item: 71; category:"
                        + " none; price: none; name: none;"));
  }

  @Test
  void tellsRepeatsOldestFirstByTemplatesAndAPrefixIfToldTo() {
    withTexts(
        shop(),
        new LlmConfigs()
            .lines(2, EventKind.ADD_TO_CART, EventKind.PRODUCT_BUY)
            .order(TextOrder.OLDEST_FIRST, true)
            .templates(Map.of(EventKind.PRODUCT_BUY, "{event} {category}/{item} at {second}"))
            .prefix("passage: "),
        texts -> {
          assertThat(texts.of(0))
              .isEqualTo(
                  "passage: product buy 5/70 at 2022-06-23 00:00:05\n"
                      + "product buy 5/70 at 2022-06-23 00:01:01");
          assertThat(texts.of(1)).isEmpty();
          assertThat(texts.of(2)).isEmpty();
        });
  }

  @Test
  void keepsTheLastSearchesOldestFirst() {
    EventLogBuilder builder = new EventLogBuilder();
    for (int i = 0; i < 100; i++) {
      builder.search(1, START + i * SECOND, (byte) i);
    }
    withTexts(
        builder,
        new LlmConfigs(),
        texts -> {
          String[] lines = texts.of(0).split("\n");
          assertThat(lines).hasSize(91);
          assertThat(lines[1]).startsWith("10  0").endsWith("2022-06-23 00:00:10");
          assertThat(lines[90]).startsWith("99  0").endsWith("2022-06-23 00:01:39");
        });
  }

  @Test
  void writesManyDistinctItemsOfOneClient() {
    EventLogBuilder builder = new EventLogBuilder();
    for (int i = 0; i < 5000; i++) {
      builder.event(EventKind.PAGE_VISIT, 1, START + i * SECOND, i % 2500);
    }
    withTexts(
        builder,
        new LlmConfigs().lines(4000, EventKind.PAGE_VISIT),
        texts -> {
          assertThat(texts.of(0).split("\n")).hasSize(2500).doesNotHaveDuplicates();
          assertThat(texts.of(0)).isEqualTo(texts.of(0));
        });
  }

  @Test
  void refusesTemplatesThatCannotBe() {
    LlmConfigs visits = new LlmConfigs().lines(9, EventKind.PAGE_VISIT);
    assertThatIllegalArgumentException()
        .isThrownBy(visits.templates(Map.of(EventKind.PAGE_VISIT, "{price}"))::build)
        .withMessage(
            "templates.page_visit: {price} is unknown; there are {event}, {day}, {minute}, {second},"
                + " {item}");
    assertThatIllegalArgumentException()
        .isThrownBy(visits.templates(Map.of(EventKind.PAGE_VISIT, "at {day"))::build)
        .withMessage("templates.page_visit: the brace at character 3 is not closed: at {day");
    assertThatIllegalArgumentException()
        .isThrownBy(visits.templates(Map.of(EventKind.PRODUCT_BUY, "x"))::build)
        .withMessageContaining("templates.product_buy is of no use");
  }

  @Test
  void refusesWhatDoesNotGoTogether() {
    assertThatIllegalArgumentException()
        .isThrownBy(new LlmConfigs().events(EventKind.PAGE_VISIT)::build)
        .withMessageContaining("take text: event-lines");
    assertThatIllegalArgumentException()
        .isThrownBy(new LlmConfigs().lines(9, EventKind.PAGE_VISIT, EventKind.PAGE_VISIT)::build)
        .withMessageContaining("each once");
    assertThatIllegalArgumentException()
        .isThrownBy(new LlmConfigs().batches(100, 0, 512)::build)
        .withMessage("batch-tokens must be at least max-tokens = 512, was 100");
    assertThatIllegalArgumentException()
        .isThrownBy(new LlmConfigs().model(java.nio.file.Path.of(""))::build)
        .withMessageContaining("model must be all-minilm-l6-v2-q or a folder");
  }
}
