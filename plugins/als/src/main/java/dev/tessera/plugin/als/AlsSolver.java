package dev.tessera.plugin.als;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginException;

/**
 * Alternates the two half-steps on a matrix of weights and tells the loss.
 *
 * <p>All sums over rows are split by the data alone, so the bytes do not depend on the threads.
 */
final class AlsSolver {

  private final PluginContext context;
  private final AlsConfig config;
  private final InteractionMatrix byClient;
  private final InteractionMatrix byItem;
  private final Factors clients;
  private final Factors items;
  private final HalfStep halfStep;
  private double[] clientGram;
  private double[] itemGram;

  /**
   * Starts from given factors, which it changes.
   *
   * @param byClient clients × items, weights above zero
   * @param clients [clients, K]
   * @param items [items, K]
   */
  AlsSolver(
      PluginContext context,
      AlsConfig config,
      InteractionMatrix byClient,
      Factors clients,
      Factors items) {
    this.context = context;
    this.config = config;
    this.byClient = byClient;
    this.byItem = byClient.transpose();
    this.clients = clients;
    this.items = items;
    this.halfStep =
        switch (config.solver()) {
          case CHOLESKY -> new CholeskyStep(context, config);
          case CONJUGATE_GRADIENT -> new ConjugateGradientStep(context, config);
        };
    this.clientGram = clients.gram(context);
    this.itemGram = items.gram(context);
  }

  /**
   * One iteration: all clients, then all items.
   *
   * @throws PluginException if float cannot hold what the weights make of it
   */
  void iterate() {
    halfStep.run(byClient, items, itemGram, clients);
    clientGram = finite(clients.gram(context));
    halfStep.run(byItem, clients, clientGram, items);
    itemGram = finite(items.gram(context));
  }

  private double[] finite(double[] gram) {
    double squares = trace(gram);
    if (!Double.isFinite(squares)) {
      throw new PluginException(
          ErrorCode.INVALID_DATA,
          "wanted finite factors, found %s as the sum of their squares; use a lower alpha, lower weights of events, or a higher regularization"
              .formatted(squares));
    }
    return gram;
  }

  /**
   * The training loss: the sum of c (p − x·y)² over all pairs plus λ (Σ|x|² + Σ|y|²), divided by
   * the sum of all confidences. Pairs without an entry (p = 0, c = 1) are summed through the Gram
   * matrices: Σ (x·y)² over all pairs is their inner product.
   */
  double loss() {
    float alpha = (float) config.alpha();
    double[] losses = new double[byClient.ranges().length - 1];
    double[] confidences = new double[losses.length];
    byClient.forRanges(
        context,
        (task, first, last) -> {
          float[] lanes = new float[Factors.UNIT];
          double sum = 0;
          double confidence = 0;
          for (int row = first; row < last; row++) {
            for (int e = byClient.starts()[row]; e < byClient.starts()[row + 1]; e++) {
              double c = alpha * byClient.weights()[e];
              double s =
                  FloatKernels.dot(
                      clients.values(),
                      clients.start(row),
                      items.values(),
                      items.start(byClient.columns()[e]),
                      clients.stride(),
                      lanes);
              sum += c * (1 - s) * (1 - s) - s * s;
              confidence += c;
            }
          }
          losses[task] = sum;
          confidences[task] = confidence;
        });
    double loss = 0;
    double total = (double) clients.rows() * items.rows() - byClient.entries();
    for (int task = 0; task < losses.length; task++) {
      loss += losses[task];
      total += confidences[task];
    }
    return (loss
            + sumOverAllPairs()
            + config.regularization() * (trace(clientGram) + trace(itemGram)))
        / total;
  }

  private double sumOverAllPairs() {
    int stride = items.stride();
    double sum = 0;
    for (int i = 0; i < stride; i++) {
      sum += clientGram[i * stride + i] * itemGram[i * stride + i];
      for (int j = i + 1; j < stride; j++) {
        sum += 2 * clientGram[i * stride + j] * itemGram[i * stride + j];
      }
    }
    return sum;
  }

  /** The sum of the squares of all factors. */
  private double trace(double[] gram) {
    double sum = 0;
    for (int k = 0; k < items.stride(); k++) {
      sum += gram[k * items.stride() + k];
    }
    return sum;
  }

  /** The clients' factors, live. */
  Factors clients() {
    return clients;
  }

  /** The items' factors, live. */
  Factors items() {
    return items;
  }
}
