package dev.tessera.plugin.nextsku;

import dev.tessera.neural.TrainOn;
import dev.tessera.torch.Precision;

/** Builds configurations for tests: small sizes unless said otherwise. */
final class NextSkuConfigs {

  private int categorySize = 8;
  private int eventSize = 3;
  private int heads = 2;
  private int minSlice = 4;
  private int maxSlice = 10;
  private double dropout = 0.1;
  private double priceWeight = 1;
  private int epochs = 2;
  private double rate = 0.001;
  private int sequences = 16;
  private int sample;

  NextSkuConfigs sizes(int category, int event, int headCount) {
    categorySize = category;
    eventSize = event;
    heads = headCount;
    return this;
  }

  NextSkuConfigs slices(int least, int most) {
    minSlice = least;
    maxSlice = most;
    return this;
  }

  NextSkuConfigs dropout(double wanted) {
    dropout = wanted;
    return this;
  }

  NextSkuConfigs priceWeight(double wanted) {
    priceWeight = wanted;
    return this;
  }

  NextSkuConfigs training(int most, double learningRate, int batchSequences) {
    epochs = most;
    rate = learningRate;
    sequences = batchSequences;
    return this;
  }

  NextSkuConfigs sample(int clients) {
    sample = clients;
    return this;
  }

  NextSkuConfig build() {
    return new NextSkuConfig(
        categorySize,
        eventSize,
        2,
        heads,
        minSlice,
        maxSlice,
        dropout,
        1,
        1,
        priceWeight,
        TrainOn.ALL,
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
