package dev.tessera.host.synth;

import dev.tessera.api.Npy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The values whose purchase is to be predicted, as the organisers choose them: the (at most) 100
 * bought most often in the train target, ties by smaller id, for category, sku and price; for new
 * skus those never bought before it, filled up with the skus ranked after the first 100. Each with
 * its popularity, the share of all purchases in the log. Purchases of unknown products count in the
 * whole only.
 */
final class PropensityTargets {

  private static final int LABELS = 100;

  private final Catalogue catalogue;
  private final PurchaseTally tally;

  PropensityTargets(Catalogue catalogue, PurchaseTally tally) {
    this.catalogue = catalogue;
    this.tally = tally;
  }

  /** A value with its purchases in the train target and in the whole log. */
  private record Label(long id, long inTarget, long ever) {

    boolean before(Label other) {
      return inTarget != other.inTarget ? inTarget > other.inTarget : id < other.id;
    }
  }

  /** Keeps the best few labels offered. */
  private static final class Ranking {
    private final int size;
    private final PriorityQueue<Label> worstFirst =
        new PriorityQueue<>((a, b) -> a.before(b) ? 1 : a.equals(b) ? 0 : -1);

    Ranking(int size) {
      this.size = size;
    }

    void offer(long id, long inTarget, long ever) {
      if (inTarget == 0) {
        return;
      }
      Label label = new Label(id, inTarget, ever);
      if (worstFirst.size() < size) {
        worstFirst.add(label);
      } else if (label.before(worstFirst.element())) {
        worstFirst.remove();
        worstFirst.add(label);
      }
    }

    List<Label> best() {
      List<Label> labels = new ArrayList<>(worstFirst);
      labels.sort((a, b) -> a.before(b) ? -1 : a.equals(b) ? 0 : 1);
      return labels;
    }
  }

  /** Writes {@code propensity_X.npy} (int64) and {@code popularity_propensity_X.npy} (float64). */
  void write(Path folder) {
    write(folder, "category", categories());
    write(folder, "price", prices());
    Ranking skus = new Ranking(2 * LABELS);
    Ranking newSkus = new Ranking(LABELS);
    for (int product = 0; product < catalogue.products(); product++) {
      if (tally.inTrainTarget(product) > 0 && catalogue.isKnown(product)) {
        offer(skus, product);
        if (tally.beforeTarget(product) == 0) {
          offer(newSkus, product);
        }
      }
    }
    List<Label> ranked = skus.best();
    List<Label> top = ranked.subList(0, Math.min(LABELS, ranked.size()));
    write(folder, "sku", top);
    write(folder, "new_sku", filledUp(newSkus.best(), ranked));
  }

  private void offer(Ranking ranking, int product) {
    ranking.offer(catalogue.sku(product), tally.inTrainTarget(product), tally.ever(product));
  }

  private static List<Label> filledUp(List<Label> newSkus, List<Label> ranked) {
    List<Label> labels = new ArrayList<>(newSkus);
    for (int i = LABELS; i < ranked.size() && labels.size() < LABELS; i++) {
      if (!newSkus.contains(ranked.get(i))) {
        labels.add(ranked.get(i));
      }
    }
    return labels;
  }

  private List<Label> categories() {
    Ranking ranking = new Ranking(LABELS);
    long[] inTarget = new long[catalogue.categories()];
    long[] ever = new long[catalogue.categories()];
    for (int product = 0; product < catalogue.products(); product++) {
      if (tally.ever(product) > 0 && catalogue.isKnown(product)) {
        int category = catalogue.categoryOf(product);
        inTarget[category] += tally.inTrainTarget(product);
        ever[category] += tally.ever(product);
      }
    }
    for (int category = 0; category < inTarget.length; category++) {
      ranking.offer(catalogue.categoryId(category), inTarget[category], ever[category]);
    }
    return ranking.best();
  }

  private List<Label> prices() {
    Ranking ranking = new Ranking(LABELS);
    long[] inTarget = new long[Catalogue.PRICES];
    long[] ever = new long[Catalogue.PRICES];
    for (int product = 0; product < catalogue.products(); product++) {
      if (tally.ever(product) > 0 && catalogue.isKnown(product)) {
        inTarget[catalogue.price(product)] += tally.inTrainTarget(product);
        ever[catalogue.price(product)] += tally.ever(product);
      }
    }
    for (int price = 0; price < inTarget.length; price++) {
      ranking.offer(price, inTarget[price], ever[price]);
    }
    return ranking.best();
  }

  private void write(Path folder, String what, List<Label> labels) {
    long[] ids = labels.stream().mapToLong(Label::id).toArray();
    double[] popularity =
        labels.stream().mapToDouble(label -> (double) label.ever() / tally.rows()).toArray();
    Npy.write(folder.resolve("propensity_" + what + ".npy"), ids, ids.length);
    Npy.write(
        folder.resolve("popularity_propensity_" + what + ".npy"), popularity, popularity.length);
  }
}
