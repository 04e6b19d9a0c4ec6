package dev.tessera.plugin.nextsku;

import dev.tessera.api.ConfigKey;
import dev.tessera.neural.BatchOptions;
import dev.tessera.neural.DecoderShape;
import dev.tessera.neural.TrainOn;
import dev.tessera.neural.TrainingOptions;
import dev.tessera.torch.Precision;

/**
 * The configuration of a next-sku step. The defaults are the reference's {@code next_sku_128_4_4}.
 *
 * @param categorySize the width of a category's vector
 * @param eventSize the width of an event type's vector; the price takes one more place
 * @param layers of the transformer
 * @param heads of attention
 * @param minSlice the least events of a part of a history that is learnt from
 * @param maxSlice the most, and the longest sequence that is embedded
 * @param dropout while training
 * @param categoryWeight what the loss of the category counts
 * @param eventWeight what the loss of the event type counts
 * @param priceWeight what the loss of the price counts
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
record NextSkuConfig(
    @ConfigKey(value = "Width of a category's vector.", defaultValue = "96", min = 1, max = 4096)
        int categorySize,
    @ConfigKey(
            value =
                "Width of an event type's vector; the embedding given out is as wide as both"
                    + " together and 1 for the price.",
            defaultValue = "31",
            min = 1,
            max = 4096)
        int eventSize,
    @ConfigKey(value = "Layers of the transformer.", defaultValue = "4", min = 1, max = 48)
        int layers,
    @ConfigKey(
            value = "Heads of attention; they must divide the width.",
            defaultValue = "4",
            min = 1,
            max = 64)
        int heads,
    @ConfigKey(
            value =
                "Of a longer history, each epoch learns from a part at random of at least so many"
                    + " events.",
            unit = "events",
            defaultValue = "32",
            min = 1,
            max = 4096)
        int minSlice,
    @ConfigKey(
            value = "The most events of such a part; of a client the last ones are embedded.",
            unit = "events",
            defaultValue = "64",
            min = 1,
            max = 4096)
        int maxSlice,
    @ConfigKey(
            value = "Share of values dropped while training.",
            defaultValue = "0.1",
            min = 0,
            max = 0.95)
        double dropout,
    @ConfigKey(value = "Weight of the category's loss.", defaultValue = "1", min = 0)
        double categoryWeight,
    @ConfigKey(value = "Weight of the event type's loss.", defaultValue = "1", min = 0)
        double eventWeight,
    @ConfigKey(
            value = "Weight of the price's loss, which is in price buckets.",
            defaultValue = "1",
            min = 0)
        double priceWeight,
    @ConfigKey(value = "The clients to learn from: all, relevant.", defaultValue = "all")
        TrainOn trainOn,
    @ConfigKey(
            value = "Learn from so many of them, chosen at random; 0: from all.",
            unit = "clients",
            defaultValue = "0",
            min = 0)
        int sampleClients,
    @ConfigKey(
            value = "Share of the clients held out to compare epochs.",
            defaultValue = "0.05",
            min = 0.0001,
            max = 0.9)
        double heldOut,
    @ConfigKey(value = "The most epochs.", defaultValue = "10", min = 1, max = 100000) int epochs,
    @ConfigKey(
            value = "End after so many epochs without a lower held-out loss.",
            unit = "epochs",
            defaultValue = "3",
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
            defaultValue = "512",
            min = 1,
            max = 65536)
        int batchSequences,
    @ConfigKey(
            value = "The most tokens of a batch; memory grows with it.",
            unit = "tokens",
            defaultValue = "4096",
            min = 16,
            max = 1048576)
        int batchTokens) {

  /** Checks what concerns several keys. */
  NextSkuConfig {
    new DecoderShape(categorySize + eventSize + 1, layers, heads, maxSlice);
    if (maxSlice < minSlice) {
      throw new IllegalArgumentException(
          "max-slice must be at least min-slice %d, was %d".formatted(minSlice, maxSlice));
    }
    if (batchTokens < maxSlice + 1) {
      throw new IllegalArgumentException(
          "batch-tokens must be at least max-slice + 1 = %d, was %d"
              .formatted(maxSlice + 1, batchTokens));
    }
    if (categoryWeight + eventWeight + priceWeight == 0) {
      throw new IllegalArgumentException(
          "one of category-weight, event-weight and price-weight must be above 0, all were 0");
    }
  }

  /** The sizes of the transformer. */
  DecoderShape shape() {
    return new DecoderShape(categorySize + eventSize + 1, layers, heads, maxSlice);
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
