package dev.tessera.plugin.nexturl;

import dev.tessera.neural.TrainOn;
import dev.tessera.torch.Precision;

/** Builds configurations for tests: small sizes unless said otherwise. */
final class NextUrlConfigs {

  private int width = 8;
  private int heads = 2;
  private int maxVisits = 64;
  private int minVisits = 2;
  private RareUrls rare = RareUrls.DROP;
  private double dropout = 0.1;
  private int negatives = 50;
  private NegativesPer per = NegativesPer.BATCH;
  private boolean filterSeen = true;
  private int epochs = 2;
  private double rate = 0.001;
  private int sequences = 16;
  private int sample;

  NextUrlConfigs sizes(int wanted, int headCount, int visits) {
    width = wanted;
    heads = headCount;
    maxVisits = visits;
    return this;
  }

  NextUrlConfigs minVisits(int wanted) {
    minVisits = wanted;
    return this;
  }

  NextUrlConfigs rare(RareUrls wanted) {
    rare = wanted;
    return this;
  }

  NextUrlConfigs dropout(double wanted) {
    dropout = wanted;
    return this;
  }

  NextUrlConfigs negatives(int count, NegativesPer wanted) {
    negatives = count;
    per = wanted;
    return this;
  }

  NextUrlConfigs filterSeen(boolean wanted) {
    filterSeen = wanted;
    return this;
  }

  NextUrlConfigs training(int most, double learningRate, int batchSequences) {
    epochs = most;
    rate = learningRate;
    sequences = batchSequences;
    return this;
  }

  NextUrlConfigs sample(int clients) {
    sample = clients;
    return this;
  }

  NextUrlConfig build() {
    return new NextUrlConfig(
        width,
        2,
        heads,
        maxVisits,
        minVisits,
        rare,
        dropout,
        negatives,
        per,
        filterSeen,
        TrainOn.RELEVANT,
        sample,
        0.1,
        epochs,
        epochs,
        rate,
        0,
        Precision.AUTO,
        sequences,
        4096);
  }
}
