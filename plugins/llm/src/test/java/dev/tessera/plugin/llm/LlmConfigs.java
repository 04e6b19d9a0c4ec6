package dev.tessera.plugin.llm;

import dev.tessera.api.EventKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Builds configurations for tests: the defaults unless said otherwise. */
final class LlmConfigs {

  static final List<EventKind> ALL_KINDS =
      List.of(
          EventKind.ADD_TO_CART,
          EventKind.REMOVE_FROM_CART,
          EventKind.PRODUCT_BUY,
          EventKind.PAGE_VISIT,
          EventKind.SEARCH_QUERY);

  private String model = LlmConfig.DEFAULT_MODEL;
  private TextStyle text = TextStyle.SEARCH_TABLE;
  private List<EventKind> events = List.of(EventKind.SEARCH_QUERY);
  private int maxEvents = 90;
  private TextOrder order = TextOrder.NEWEST_FIRST;
  private boolean repeats;
  private Map<EventKind, String> templates = Map.of();
  private String prefix = "";
  private int maxTokens = 512;
  private Truncation truncation = Truncation.LEFT;
  private Pooling pooling = Pooling.MEAN;
  private boolean normalize;
  private String output = LlmConfig.AUTO;
  private int batchTokens = 4096;
  private int batchTexts;
  private int chunkTexts = 512;
  private DeviceChoice device = DeviceChoice.AUTO;

  LlmConfigs model(Path folder) {
    model = folder.toString();
    return this;
  }

  LlmConfigs lines(int most, EventKind... kinds) {
    text = TextStyle.EVENT_LINES;
    events = kinds.length == 0 ? ALL_KINDS : List.of(kinds);
    maxEvents = most;
    return this;
  }

  LlmConfigs order(TextOrder wanted, boolean withRepeats) {
    order = wanted;
    repeats = withRepeats;
    return this;
  }

  LlmConfigs templates(Map<EventKind, String> wanted) {
    templates = wanted;
    return this;
  }

  LlmConfigs prefix(String wanted) {
    prefix = wanted;
    return this;
  }

  LlmConfigs events(EventKind... kinds) {
    events = List.of(kinds);
    return this;
  }

  LlmConfigs maxTokens(int tokens, Truncation side) {
    maxTokens = tokens;
    truncation = side;
    return this;
  }

  LlmConfigs pooling(Pooling wanted, boolean unitLength) {
    pooling = wanted;
    normalize = unitLength;
    return this;
  }

  LlmConfigs output(String name) {
    output = name;
    return this;
  }

  LlmConfigs batches(int tokens, int texts, int chunk) {
    batchTokens = tokens;
    batchTexts = texts;
    chunkTexts = chunk;
    return this;
  }

  LlmConfigs device(DeviceChoice wanted) {
    device = wanted;
    return this;
  }

  LlmConfig build() {
    return new LlmConfig(
        model,
        text,
        events,
        maxEvents,
        order,
        repeats,
        templates,
        prefix,
        maxTokens,
        truncation,
        pooling,
        normalize,
        output,
        batchTokens,
        batchTexts,
        chunkTexts,
        device);
  }
}
