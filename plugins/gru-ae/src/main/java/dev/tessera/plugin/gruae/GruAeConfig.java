package dev.tessera.plugin.gruae;

import dev.tessera.api.ConfigKey;
import dev.tessera.api.EventKind;
import dev.tessera.api.EventKind.ItemKind;
import dev.tessera.neural.BatchOptions;
import dev.tessera.neural.TrainOn;
import dev.tessera.neural.TrainingOptions;
import dev.tessera.torch.Precision;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

/**
 * The configuration of a gru-ae step. The defaults are the reference's {@code gru_ae_day_event}.
 *
 * @param columns what a token says of an event
 * @param combine how the columns' embeddings become one vector
 * @param missingColumns what becomes of a column without values
 * @param embeddingSize the width of each column's embedding
 * @param hiddenSize H
 * @param layers of the encoder and of the decoder
 * @param dropout between layers, while training
 * @param events the tables whose events are tokens
 * @param maxTokens the longest sequence of a client, begin and end not counted
 * @param maxValues caps of vocabularies, by column
 * @param noUrl the original url id that means "no url", or -1
 * @param trainOn the clients to learn from
 * @param sampleClients the most of them, at random; 0 for all
 * @param heldOut the share of them on which the epochs are compared
 * @param epochs the most epochs
 * @param patience epochs without a better one, after which training ends
 * @param learningRate Adam's
 * @param clipNorm the largest norm of gradients, 0 for no bound
 * @param batchSequences the most sequences of a batch
 * @param batchTokens the most tokens of a batch
 */
record GruAeConfig(
    @ConfigKey(
            value =
                "What a token says of an event: day, week, month, hour, event-type, category, price,"
                    + " sku, url; or name-codes alone, the name of each product touched.",
            defaultValue = "[day, event-type]")
        List<TokenColumn> columns,
    @ConfigKey(
            value = "Whether the columns' embeddings stand side by side or are added up.",
            defaultValue = "concatenation")
        Combine combine,
    @ConfigKey(
            value =
                "What becomes of a column that the events to learn from have fewer than two values"
                    + " of: error, or drop (with combine: sum only).",
            defaultValue = "error")
        MissingColumns missingColumns,
    @ConfigKey(
            value = "Width of each column's embedding.",
            defaultValue = "64",
            min = 1,
            max = 4096)
        int embeddingSize,
    @ConfigKey(
            value =
                "Width of the state, which is the embedding given out; it must equal the width of a"
                    + " token's vector: embedding-size, times the columns if they are concatenated.",
            defaultValue = "128",
            min = 1,
            max = 8192)
        int hiddenSize,
    @ConfigKey(
            value = "Layers of the encoder and of the decoder.",
            defaultValue = "2",
            min = 1,
            max = 16)
        int layers,
    @ConfigKey(
            value = "Share of values dropped between layers while training.",
            defaultValue = "0.5",
            min = 0,
            max = 0.95)
        double dropout,
    @ConfigKey(
            value = "The tables whose events are tokens; name-codes ignores visits and searches.",
            defaultValue = "[add_to_cart, remove_from_cart, product_buy, page_visit, search_query]")
        List<EventKind> events,
    @ConfigKey(
            value = "The most tokens of a client; the last ones count.",
            unit = "tokens",
            defaultValue = "126",
            min = 1,
            max = 65536)
        int maxTokens,
    @ConfigKey(
            value =
                "How many of a column's most frequent values keep a token of their own (no value"
                    + " counts as one); the others share one.",
            defaultValue = "{sku: 5000, url: 5000}",
            min = 1)
        Map<TokenColumn, Integer> maxValues,
    @ConfigKey(
            value = "An original url id that means no url (the reference takes 0 so); -1: none.",
            defaultValue = "-1",
            min = -1)
        long noUrl,
    @ConfigKey(value = "The clients to learn from: all, relevant.", defaultValue = "relevant")
        TrainOn trainOn,
    @ConfigKey(
            value = "Learn from so many of them, chosen at random; 0: from all.",
            unit = "clients",
            defaultValue = "0",
            min = 0)
        int sampleClients,
    @ConfigKey(
            value = "Share of the clients held out to compare epochs.",
            defaultValue = "0.1",
            min = 0.0001,
            max = 0.9)
        double heldOut,
    @ConfigKey(value = "The most epochs.", defaultValue = "30", min = 1, max = 100000) int epochs,
    @ConfigKey(
            value = "End after so many epochs without a lower held-out loss.",
            unit = "epochs",
            defaultValue = "5",
            min = 1)
        int patience,
    @ConfigKey(value = "Step size of Adam.", defaultValue = "0.001", min = 0, max = 10)
        double learningRate,
    @ConfigKey(
            value = "Scale gradients of a larger norm down to this one; 0: never.",
            defaultValue = "0",
            min = 0)
        double clipNorm,
    @ConfigKey(
            value =
                "What products take their factors in while training: bfloat16 is more than twice"
                    + " as fast where the CPU multiplies it (auto: there, float32 elsewhere).",
            defaultValue = "auto")
        Precision precision,
    @ConfigKey(
            value = "The most sequences of a batch.",
            unit = "sequences",
            defaultValue = "256",
            min = 1,
            max = 65536)
        int batchSequences,
    @ConfigKey(
            value = "The most tokens of a batch; memory grows with it.",
            unit = "tokens",
            defaultValue = "16384",
            min = 16,
            max = 4194304)
        int batchTokens) {

  /** Copies, and checks what concerns several keys. */
  GruAeConfig {
    columns = List.copyOf(columns);
    events = List.copyOf(events);
    // in the columns' order: the text of the configuration is compared with a checkpoint's
    Map<TokenColumn, Integer> caps = new EnumMap<>(TokenColumn.class);
    caps.putAll(maxValues);
    maxValues = Collections.unmodifiableMap(caps);
    if (columns.isEmpty()) {
      throw new IllegalArgumentException("columns must name at least one column, was empty");
    }
    if (EnumSet.copyOf(columns).size() < columns.size()) {
      throw new IllegalArgumentException("columns names one twice: " + keys(columns));
    }
    if (columns.contains(TokenColumn.NAME_CODES) && columns.size() > 1) {
      throw new IllegalArgumentException(
          "columns: name-codes must stand alone, was " + keys(columns));
    }
    if (events.isEmpty() || EnumSet.copyOf(events).size() < events.size()) {
      throw new IllegalArgumentException(
          "events must name tables, each once, was "
              + events.stream().map(EventKind::tableName).toList());
    }
    for (TokenColumn column : maxValues.keySet()) {
      if (!column.isId()) {
        throw new IllegalArgumentException(
            "max-values may name category, price, sku, url, was " + column.key());
      }
    }
    if (missingColumns == MissingColumns.DROP && combine != Combine.SUM) {
      throw new IllegalArgumentException(
          "missing-columns: drop needs combine: sum, where the width of a token stays the same");
    }
    int width = combine == Combine.SUM ? embeddingSize : embeddingSize * columns.size();
    if (hiddenSize != width) {
      throw new IllegalArgumentException(
          "hidden-size must be %d, the width of a token (embedding-size %d, %d column(s), %s), was %d"
              .formatted(
                  width,
                  embeddingSize,
                  columns.size(),
                  combine == Combine.SUM ? "summed" : "concatenated",
                  hiddenSize));
    }
    if (batchTokens < maxTokens + 2) {
      throw new IllegalArgumentException(
          "batch-tokens must be at least max-tokens + 2 = %d, was %d"
              .formatted(maxTokens + 2, batchTokens));
    }
    if (columns.contains(TokenColumn.NAME_CODES)
        && events.stream().noneMatch(kind -> kind.itemKind() == ItemKind.SKU)) {
      throw new IllegalArgumentException(
          "name-codes needs one of the events product_buy, add_to_cart, remove_from_cart");
    }
  }

  private static List<String> keys(List<TokenColumn> columns) {
    return columns.stream().map(TokenColumn::key).toList();
  }

  /** The tables read, in the order that breaks ties of time. */
  List<EventKind> kinds() {
    List<EventKind> order =
        isNames()
            ? List.of(EventKind.PRODUCT_BUY, EventKind.ADD_TO_CART, EventKind.REMOVE_FROM_CART)
            : EventTypes.ORDER;
    return order.stream().filter(events::contains).toList();
  }

  /** Whether tokens are the codes of product names. */
  boolean isNames() {
    return columns.contains(TokenColumn.NAME_CODES);
  }

  /** The cap of a column's vocabulary. */
  int cap(TokenColumn column) {
    return maxValues.getOrDefault(column, Integer.MAX_VALUE);
  }

  /** The size of batches. */
  BatchOptions batches() {
    return new BatchOptions(batchSequences, batchTokens);
  }

  /** How to train. */
  TrainingOptions training() {
    return new TrainingOptions(epochs, patience, learningRate, clipNorm, precision);
  }
}
