package dev.tessera.plugin.nextsku;

import dev.tessera.neural.BatchSource;
import dev.tessera.neural.PackedTokens;
import dev.tessera.neural.RankFigures;
import dev.tessera.neural.SoftmaxLoss;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a model must beat: at each position the shares of categories and event types, and the median
 * price, of what followed other events in the clients learnt from.
 */
final class PopularityBaseline {

  private final double[] categories;
  private final double[] events = new double[ProductEvents.EVENT_TOKENS];
  private final TreeMap<Integer, Long> prices = new TreeMap<>();

  /** Of an epoch's batches; {@code tokens} is the number of category tokens. */
  PopularityBaseline(BatchSource.Epoch batches, int tokens) {
    categories = new double[tokens];
    for (int index = 0; index < batches.size(); index++) {
      Targets targets = Targets.of(PackedTokens.labels(batches.batch(index)));
      int[][] labels = targets.labels().columns();
      for (int label : targets.categories().of(labels[ProductEvents.CATEGORY])) {
        categories[label]++;
      }
      for (int label : targets.events().of(labels[ProductEvents.EVENT])) {
        events[label]++;
      }
      for (int label : targets.prices().of(labels[ProductEvents.PRICE])) {
        prices.merge(label, 1L, Long::sum);
      }
    }
  }

  /** The same figures as a model's. */
  Map<String, Double> judge(BatchSource.Epoch heldOut, SkuHeads.Weights weights) {
    SkuHeads.Told told = SkuHeads.Told.NOTHING;
    RankFigures ranks = new RankFigures();
    float[] scores = new float[categories.length - ProductCodes.FIRST];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = (float) categories[ProductCodes.FIRST + i];
    }
    int price = median();
    for (int index = 0; index < heldOut.size(); index++) {
      Targets targets = Targets.of(PackedTokens.labels(heldOut.batch(index)));
      int[][] labels = targets.labels().columns();
      double error = 0;
      for (int label : targets.prices().of(labels[ProductEvents.PRICE])) {
        error += Math.abs(price - label);
      }
      told =
          told.plus(
              new SkuHeads.Told(
                  judge(categories, targets.categories().of(labels[ProductEvents.CATEGORY])),
                  targets.categories().size(),
                  judge(events, targets.events().of(labels[ProductEvents.EVENT])),
                  targets.events().size(),
                  error,
                  targets.prices().size()));
      for (int end : targets.labels().ends()) {
        int category = labels[ProductEvents.CATEGORY][end] - ProductCodes.FIRST;
        if (category >= 0) {
          ranks.add(RankFigures.rank(scores, category));
        }
      }
    }
    Map<String, Double> metrics = SkuLearner.metrics(told, weights);
    metrics.put(SkuLearner.HITS, ranks.hits());
    metrics.put(SkuLearner.RECIPROCAL, ranks.reciprocal());
    return metrics;
  }

  /** Cross-entropy with the shares of counts, each with one added so that none is 0. */
  private static SoftmaxLoss.Sums judge(double[] counts, int[] labels) {
    double all = Arrays.stream(counts).sum() + counts.length;
    int commonest = 0;
    for (int i = 1; i < counts.length; i++) {
      commonest = counts[i] > counts[commonest] ? i : commonest;
    }
    double loss = 0;
    long correct = 0;
    for (int label : labels) {
      loss -= Math.log((counts[label] + 1) / all);
      correct += label == commonest ? 1 : 0;
    }
    return new SoftmaxLoss.Sums(loss, correct);
  }

  private int median() {
    long all = prices.values().stream().mapToLong(Long::longValue).sum();
    long below = 0;
    for (Map.Entry<Integer, Long> price : prices.entrySet()) {
      below += price.getValue();
      if (2 * below >= all) {
        return price.getKey();
      }
    }
    return 0;
  }
}
