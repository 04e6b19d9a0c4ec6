package dev.tessera.host.split;

import dev.tessera.api.Npy;
import dev.tessera.host.data.IdDictionary;
import dev.tessera.host.split.LabelRanking.Label;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;

/**
 * The values whose purchase is to be predicted: the (at most) 100 bought most often in the train
 * target, ties by smaller id, for category, sku and price; for new skus the same among those that
 * nobody bought before the train target. Each with its popularity, the share of all purchases in
 * the log. An unknown category or price is no label; its purchases count in the whole.
 */
public final class PropensityTargets {

  private final PurchaseCounts counts;

  /** Labels of a log. */
  public PropensityTargets(PurchaseCounts counts) {
    this.counts = counts;
  }

  /** The name of the file of a task's labels, int64. */
  public static String labelFile(String what) {
    return "propensity_" + what + ".npy";
  }

  /** The name of the file of the labels' popularity, float64. */
  public static String popularityFile(String what) {
    return "popularity_propensity_" + what + ".npy";
  }

  /** Ranks every kind of label; the key is the kind as files name it. */
  Map<String, List<Label>> rank() {
    Map<String, List<Label>> labels = new LinkedHashMap<>();
    labels.put("category", grouped(counts::category));
    labels.put("price", grouped(counts::price));
    LabelRanking skus = new LabelRanking();
    LabelRanking newSkus = new LabelRanking();
    for (int product = 0; product < counts.products(); product++) {
      offer(skus, product);
      if (counts.beforeTarget(product) == 0) {
        offer(newSkus, product);
      }
    }
    labels.put("sku", skus.best());
    labels.put("new_sku", newSkus.best());
    return labels;
  }

  /** Writes the label and popularity files of every kind. */
  public void write(Path folder) {
    rank()
        .forEach(
            (what, labels) -> {
              writeLabels(folder.resolve(labelFile(what)), labels);
              writePopularity(folder.resolve(popularityFile(what)), labels);
            });
  }

  static void writeLabels(Path file, List<Label> labels) {
    Npy.write(file, labels.stream().mapToLong(Label::id).toArray(), labels.size());
  }

  void writePopularity(Path file, List<Label> labels) {
    double[] shares =
        labels.stream().mapToDouble(label -> (double) label.ever() / counts.rows()).toArray();
    Npy.write(file, shares, shares.length);
  }

  private void offer(LabelRanking ranking, int product) {
    ranking.offer(counts.sku(product), counts.inTrainTarget(product), counts.ever(product));
  }

  private List<Label> grouped(IntToLongFunction group) {
    IdDictionary groups = new IdDictionary(0);
    int[] groupOf = new int[counts.products()];
    for (int product = 0; product < groupOf.length; product++) {
      long id = group.applyAsLong(product);
      groupOf[product] = id == PurchaseCounts.UNKNOWN ? -1 : groups.add(id);
    }
    long[] inTarget = new long[groups.size()];
    long[] ever = new long[groups.size()];
    for (int product = 0; product < groupOf.length; product++) {
      if (groupOf[product] >= 0) {
        inTarget[groupOf[product]] += counts.inTrainTarget(product);
        ever[groupOf[product]] += counts.ever(product);
      }
    }
    LabelRanking ranking = new LabelRanking();
    for (int code = 0; code < inTarget.length; code++) {
      ranking.offer(groups.id(code), inTarget[code], ever[code]);
    }
    return ranking.best();
  }
}
