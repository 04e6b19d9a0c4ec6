package dev.tessera.plugin.llm;

import dev.tessera.api.ConfigKey;
import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.neural.BatchOptions;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

/**
 * The configuration of an llm step. The defaults write the texts of the reference's {@code
 * search_llm}, for the model that the plugin carries.
 *
 * @param model {@link #DEFAULT_MODEL}, or a folder
 * @param text how a client's events become a text
 * @param events the tables whose events are told
 * @param maxEvents the most events of a client
 * @param order which line comes first
 * @param repeats whether a line may tell what a later event told
 * @param templates lines of kinds of events, where they differ from the reference's
 * @param prefix what stands before every text
 * @param maxTokens of a text
 * @param truncation which tokens beyond are dropped
 * @param pooling how tokens' vectors become one
 * @param normalize whether vectors are given the length 1
 * @param output the graph's output to read, or {@link #AUTO}
 * @param batchTokens the most tokens of a batch, padding included
 * @param batchTexts the most texts of a batch; 0 for the plugin to say
 * @param chunkTexts after how many texts results are kept
 * @param device where to compute
 */
record LlmConfig(
    @ConfigKey(
            value =
                "The model: all-minilm-l6-v2-q, which comes with the plugin, or a folder with"
                    + " model.onnx and tokenizer.json.",
            defaultValue = DEFAULT_MODEL)
        String model,
    @ConfigKey(
            value =
                "What is written of a client: search-table (the last searches as a table of codes"
                    + " and times) or event-lines (a line an event).",
            defaultValue = "search-table")
        TextStyle text,
    @ConfigKey(
            value =
                "The tables whose events are told; of one second, those named later are taken as"
                    + " newer.",
            defaultValue = "[search_query]")
        List<EventKind> events,
    @ConfigKey(
            value = "The most events of a client; the last ones count.",
            unit = "events",
            defaultValue = "90",
            min = 1,
            max = 65536)
        int maxEvents,
    @ConfigKey(
            value = "Which line comes first (event-lines): newest-first, oldest-first.",
            defaultValue = "newest-first")
        TextOrder order,
    @ConfigKey(
            value =
                "Whether to tell an event that a later one repeats but for its time (event-lines).",
            defaultValue = "false")
        boolean repeats,
    @ConfigKey(
            value =
                "Lines by kind of event (event-lines), with {event}, {day}, {minute}, {second},"
                    + " {item}; of products {category}, {price}, {name}; of searches {query}.",
            defaultValue = "{}")
        Map<EventKind, String> templates,
    @ConfigKey(value = "What stands before every text, for models that want it.", defaultValue = "")
        String prefix,
    @ConfigKey(
            value = "The most tokens of a text, special ones included.",
            unit = "tokens",
            defaultValue = "512",
            min = 4,
            max = 131072)
        int maxTokens,
    @ConfigKey(
            value = "The side on which a longer text loses tokens: left, right.",
            defaultValue = "left")
        Truncation truncation,
    @ConfigKey(
            value =
                "How the tokens' vectors become one: mean, last-token (decoders), cls (the first).",
            defaultValue = "mean")
        Pooling pooling,
    @ConfigKey(value = "Scale every vector to length 1.", defaultValue = "false") boolean normalize,
    @ConfigKey(
            value = "The graph's output with the tokens' or the texts' vectors; auto: it is found.",
            defaultValue = AUTO)
        String output,
    @ConfigKey(
            value = "The most tokens of a batch, padding included; memory grows with it.",
            unit = "tokens",
            defaultValue = "4096",
            min = 4,
            max = 4194304)
        int batchTokens,
    @ConfigKey(
            value =
                "The most texts of a batch; 0: what fits, but 1 for a graph that quantises by the"
                    + " batch, where texts would change each other's vectors.",
            unit = "texts",
            defaultValue = "0",
            min = 0,
            max = 65536)
        int batchTexts,
    @ConfigKey(
            value = "Results are kept after so many texts, for a run that goes on after a kill.",
            unit = "texts",
            defaultValue = "512",
            min = 1,
            max = 1048576)
        int chunkTexts,
    @ConfigKey(
            value =
                "Where to compute: auto (the run's device, else the CPU), cpu, gpu (the run's GPU or"
                    + " not at all).",
            defaultValue = "auto")
        DeviceChoice device) {

  /** The name of the model that the plugin carries. */
  static final String DEFAULT_MODEL = "all-minilm-l6-v2-q";

  /** The output that {@link GraphOutput} finds. */
  static final String AUTO = "auto";

  /** Copies, and checks what concerns several keys. */
  LlmConfig {
    events = List.copyOf(events);
    // in the kinds' order: the text of the configuration is compared with a checkpoint's
    Map<EventKind, String> lines = new EnumMap<>(EventKind.class);
    lines.putAll(templates);
    templates = Collections.unmodifiableMap(lines);
    if (model.isBlank()) {
      throw new IllegalArgumentException(
          "model must be %s or a folder, was empty".formatted(DEFAULT_MODEL));
    }
    if (events.isEmpty() || EnumSet.copyOf(events).size() < events.size()) {
      throw new IllegalArgumentException(
          "events must name tables, each once, was " + names(events));
    }
    if (text == TextStyle.SEARCH_TABLE && !events.equals(List.of(EventKind.SEARCH_QUERY))) {
      throw new IllegalArgumentException(
          "text: search-table tells searches only, events was %s; take text: event-lines"
              .formatted(names(events)));
    }
    for (EventKind kind : templates.keySet()) {
      if (text != TextStyle.EVENT_LINES || !events.contains(kind)) {
        throw new IllegalArgumentException(
            "templates.%s is of no use: text is %s, events are %s"
                .formatted(
                    kind.tableName(),
                    text == TextStyle.EVENT_LINES ? "event-lines" : "search-table",
                    names(events)));
      }
    }
    for (EventKind kind : events) {
      template(lines, kind);
    }
    if (batchTokens < maxTokens) {
      throw new IllegalArgumentException(
          "batch-tokens must be at least max-tokens = %d, was %d"
              .formatted(maxTokens, batchTokens));
    }
  }

  private static List<String> names(List<EventKind> kinds) {
    return kinds.stream().map(EventKind::tableName).toList();
  }

  private static LineTemplate template(Map<EventKind, String> templates, EventKind kind) {
    String text = templates.getOrDefault(kind, LineTemplate.defaultText(kind));
    return LineTemplate.parse(kind, text);
  }

  /** A writer of the texts of a log's clients. */
  ClientText texts(EventLog log) {
    ClientText plain =
        text == TextStyle.SEARCH_TABLE
            ? new SearchTable(log, maxEvents)
            : new EventLines(
                log,
                new EventLines.Layout(
                    events.stream().map(kind -> template(templates, kind)).toList(),
                    maxEvents,
                    repeats,
                    order));
    if (prefix.isEmpty()) {
      return plain;
    }
    return client -> {
      String written = plain.of(client);
      return written.isEmpty() ? "" : prefix + written;
    };
  }

  /**
   * The size of batches.
   *
   * @param alone whether a text's vector would depend on the others of its batch
   */
  BatchOptions batches(boolean alone) {
    int texts = batchTexts > 0 ? batchTexts : alone ? 1 : Integer.MAX_VALUE;
    return new BatchOptions(texts, batchTokens);
  }
}
