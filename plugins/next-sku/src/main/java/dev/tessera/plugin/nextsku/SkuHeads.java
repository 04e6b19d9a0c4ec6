package dev.tessera.plugin.nextsku;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.tessera.api.PluginContext;
import dev.tessera.neural.Parameter;
import dev.tessera.neural.Projection;
import dev.tessera.neural.RowSubset;
import dev.tessera.neural.SampledSoftmax;
import dev.tessera.neural.SoftmaxLoss;

/**
 * What is told from the transformer's output h, and its losses: {@code p(category) =
 * softmax(E_category (W h + b))}, the event type likewise, and {@code price = W₂ (W₁ h + b₁) + b₂}.
 * Cross-entropies and the mean absolute error. Not safe for several threads.
 */
final class SkuHeads {

  private final SkuNetwork network;
  private final SampledSoftmax.Sample categories;
  private final SampledSoftmax.Sample events;
  private final SampledSoftmax categorySoftmax;
  private final SampledSoftmax eventSoftmax;

  /**
   * Over a network.
   *
   * @param categoryRows the rows of the table of categories that may be told: those that occur
   * @param eventRows the event types that may be told
   * @param manager of the stage, for working memory
   */
  SkuHeads(
      SkuNetwork network,
      int[] categoryRows,
      int[] eventRows,
      NDManager manager,
      PluginContext context) {
    this.network = network;
    categories = sample(categoryRows, network.categories());
    events = sample(eventRows, network.events());
    categorySoftmax = new SampledSoftmax(manager, context);
    eventSoftmax = new SampledSoftmax(manager, context);
  }

  private static SampledSoftmax.Sample sample(int[] rows, Parameter table) {
    return SampledSoftmax.Sample.distinct(rows, (int) table.values().getShape().get(0));
  }

  /** What the three losses count. */
  record Weights(double category, double event, double price) {}

  /** Sums over positions that count, and the numbers of those. */
  record Told(
      SoftmaxLoss.Sums category,
      int categories,
      SoftmaxLoss.Sums event,
      int events,
      double absoluteError,
      int prices) {

    static final Told NOTHING =
        new Told(new SoftmaxLoss.Sums(0, 0), 0, new SoftmaxLoss.Sums(0, 0), 0, 0, 0);

    Told plus(Told other) {
      return new Told(
          category.plus(other.category),
          categories + other.categories,
          event.plus(other.event),
          events + other.events,
          absoluteError + other.absoluteError,
          prices + other.prices);
    }

    double categoryLoss() {
      return category.loss() / Math.max(1, categories);
    }

    double eventLoss() {
      return event.loss() / Math.max(1, events);
    }

    double priceError() {
      return absoluteError / Math.max(1, prices);
    }

    /** The three losses, each a mean over its positions. */
    double loss(Weights weights) {
      return weights.category() * categoryLoss()
          + weights.event() * eventLoss()
          + weights.price() * priceError();
    }
  }

  /**
   * The losses, and their gradients, which are added to those of the weights and of h.
   *
   * @param hidden [P, D]
   * @param gradient [P, D], added to
   */
  Told learn(NDArray hidden, Targets targets, Weights weights, NDArray gradient, NDManager scope) {
    int[][] labels = targets.labels().columns();
    SoftmaxLoss.Sums category =
        learn(
            new Head(network.category(), network.categories(), categories, categorySoftmax),
            new Part(hidden, targets.categories(), gradient, weights.category()),
            labels[ProductEvents.CATEGORY],
            scope);
    SoftmaxLoss.Sums event =
        learn(
            new Head(network.event(), network.events(), events, eventSoftmax),
            new Part(hidden, targets.events(), gradient, weights.event()),
            labels[ProductEvents.EVENT],
            scope);
    double price =
        learnPrice(
            new Part(hidden, targets.prices(), gradient, weights.price()),
            labels[ProductEvents.PRICE],
            scope);
    return new Told(
        category,
        targets.categories().size(),
        event,
        targets.events().size(),
        price,
        targets.prices().size());
  }

  /** A projection, then a softmax over rows of a table. */
  private record Head(
      Projection projection,
      Parameter table,
      SampledSoftmax.Sample sample,
      SampledSoftmax softmax) {}

  /** Positions of the transformer's output, and what their mean loss counts. */
  private record Part(NDArray hidden, RowSubset counted, NDArray gradient, double weight) {
    double scale() {
      return weight / counted.size();
    }
  }

  private static SoftmaxLoss.Sums learn(Head head, Part part, int[] labels, NDManager scope) {
    if (part.counted().size() == 0) {
      return new SoftmaxLoss.Sums(0, 0);
    }
    NDArray states = part.counted().of(part.hidden(), scope);
    NDArray projected = head.projection().forward(states, scope);
    NDArray gradient = scope.zeros(projected.getShape(), DataType.FLOAT32);
    SoftmaxLoss.Sums sums =
        head.softmax()
            .learn(
                projected,
                head.table(),
                head.sample(),
                part.counted().of(labels),
                part.scale(),
                gradient);
    NDArray back = head.projection().backward(states, gradient, scope);
    part.gradient().addi(part.counted().spread(back, scope));
    return sums;
  }

  private double learnPrice(Part part, int[] labels, NDManager scope) {
    if (part.counted().size() == 0) {
      return 0;
    }
    NDArray states = part.counted().of(part.hidden(), scope);
    NDArray middle = network.price().forward(states, scope);
    float[] told = network.bucket().forward(middle, scope).toFloatArray();
    float[] signs = new float[told.length];
    int[] wanted = part.counted().of(labels);
    double error = 0;
    for (int at = 0; at < told.length; at++) {
      error += Math.abs(told[at] - wanted[at]);
      signs[at] = (float) (Math.signum(told[at] - wanted[at]) * part.scale());
    }
    NDArray gradient = scope.create(signs, new Shape(signs.length, 1));
    NDArray back = network.bucket().backward(middle, gradient, scope);
    part.gradient()
        .addi(part.counted().spread(network.price().backward(states, back, scope), scope));
    return error;
  }

  /** The losses alone. */
  Told judge(NDArray hidden, Targets targets, NDManager scope) {
    int[][] labels = targets.labels().columns();
    SoftmaxLoss.Sums category =
        judge(
            new Head(network.category(), network.categories(), categories, categorySoftmax),
            hidden,
            targets.categories(),
            labels[ProductEvents.CATEGORY],
            scope);
    SoftmaxLoss.Sums event =
        judge(
            new Head(network.event(), network.events(), events, eventSoftmax),
            hidden,
            targets.events(),
            labels[ProductEvents.EVENT],
            scope);
    int[] wanted = targets.prices().of(labels[ProductEvents.PRICE]);
    double error = 0;
    if (wanted.length > 0) {
      NDArray middle = network.price().forward(targets.prices().of(hidden, scope), scope);
      float[] told = network.bucket().forward(middle, scope).toFloatArray();
      for (int at = 0; at < told.length; at++) {
        error += Math.abs(told[at] - wanted[at]);
      }
    }
    return new Told(
        category,
        targets.categories().size(),
        event,
        targets.events().size(),
        error,
        targets.prices().size());
  }

  private static SoftmaxLoss.Sums judge(
      Head head, NDArray hidden, RowSubset counted, int[] labels, NDManager scope) {
    if (counted.size() == 0) {
      return new SoftmaxLoss.Sums(0, 0);
    }
    NDArray projected = head.projection().forward(counted.of(hidden, scope), scope);
    return head.softmax().evaluate(projected, head.table(), head.sample(), counted.of(labels));
  }

  /** The scores of all categories that may be told [P, categories]. */
  NDArray categoryScores(NDArray hidden, NDManager scope) {
    NDArray projected = network.category().forward(hidden, scope);
    NDArray table =
        dev.tessera.neural.Rows.of(network.categories().values(), categories.rows(), scope);
    return projected.matMul(table.transpose());
  }
}
