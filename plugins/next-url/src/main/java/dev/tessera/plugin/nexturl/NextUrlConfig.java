package dev.tessera.plugin.nexturl;

import dev.tessera.api.ConfigKey;
import dev.tessera.neural.BatchOptions;
import dev.tessera.neural.DecoderShape;
import dev.tessera.neural.TrainOn;
import dev.tessera.neural.TrainingOptions;
import dev.tessera.torch.Precision;

/**
 * The configuration of a next-url step. The defaults are the reference's {@code next_url_192_6_4},
 * but for negatives per batch.
 *
 * @param width D, of a url's vector and of the embedding
 * @param layers of the transformer
 * @param heads of attention
 * @param maxVisits the longest sequence of a client
 * @param minVisits urls with fewer visits have no token of their own
 * @param rareUrls what becomes of those
 * @param dropout while training
 * @param negatives how many urls a label is told from
 * @param negativesPer what a draw of them is for
 * @param filterSeen whether urls visited before are left out of rankings
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
record NextUrlConfig(
    @ConfigKey(
            value = "Width of a url's vector and of the embedding given out.",
            defaultValue = "192",
            min = 1,
            max = 8192)
        int width,
    @ConfigKey(value = "Layers of the transformer.", defaultValue = "6", min = 1, max = 48)
        int layers,
    @ConfigKey(
            value = "Heads of attention; they must divide width.",
            defaultValue = "4",
            min = 1,
            max = 64)
        int heads,
    @ConfigKey(
            value = "The longest sequence of a client; the last visits count.",
            unit = "visits",
            defaultValue = "256",
            min = 1,
            max = 4096)
        int maxVisits,
    @ConfigKey(
            value =
                "Urls that the clients learnt from visited fewer times have no token of their own.",
            unit = "visits",
            defaultValue = "10",
            min = 1)
        int minVisits,
    @ConfigKey(
            value = "Visits to such urls, and to unseen ones: drop, or unknown (one common token).",
            defaultValue = "drop")
        RareUrls rareUrls,
    @ConfigKey(
            value = "Share of values dropped while training.",
            defaultValue = "0.1",
            min = 0,
            max = 0.95)
        double dropout,
    @ConfigKey(
            value = "How many urls, drawn evenly, a visit is told from; all if there are no more.",
            unit = "urls",
            defaultValue = "10000",
            min = 1,
            max = 1000000)
        int negatives,
    @ConfigKey(
            value =
                "Whether these urls are drawn for each batch or, as in the reference but somewhat"
                    + " slower, for each sequence.",
            defaultValue = "batch")
        NegativesPer negativesPer,
    @ConfigKey(
            value = "Leave urls visited before out of the rankings that NDCG and the like judge.",
            defaultValue = "true")
        boolean filterSeen,
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
            defaultValue = "0.05",
            min = 0.0001,
            max = 0.9)
        double heldOut,
    @ConfigKey(value = "The most epochs.", defaultValue = "10", min = 1, max = 100000) int epochs,
    @ConfigKey(
            value = "End after so many epochs without a higher held-out NDCG@10.",
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
            defaultValue = "32",
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
  NextUrlConfig {
    new DecoderShape(width, layers, heads, maxVisits);
    if (batchTokens < maxVisits + 1) {
      throw new IllegalArgumentException(
          "batch-tokens must be at least max-visits + 1 = %d, was %d"
              .formatted(maxVisits + 1, batchTokens));
    }
  }

  /** The sizes of the transformer. */
  DecoderShape shape() {
    return new DecoderShape(width, layers, heads, maxVisits);
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
