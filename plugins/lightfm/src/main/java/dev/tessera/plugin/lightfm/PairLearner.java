package dev.tessera.plugin.lightfm;

/**
 * Learns pair after pair by the loss of the configuration, drawing skus that the client has no pair
 * with for comparison. One per task; not safe for several threads.
 */
final class PairLearner {

  /** A slope beyond this is cut, so that one heavy pair does not throw the weights about. */
  private static final float MAX_SLOPE = 10;

  /** How often bpr and logistic draw for a sku that the client does not have. */
  private static final int MAX_DRAWS = 100;

  private final LightFmConfig.Loss loss;
  private final boolean weighted;
  private final Pairs pairs;
  private final PairStep step;
  private final Draws draws = new Draws();
  private final float[] rankLoss;
  private int[] candidates;
  private int firstCandidate;
  private int candidateCount;
  private int violations;

  PairLearner(LightFmConfig config, Pairs pairs, PairStep step) {
    this.loss = config.loss();
    this.weighted = config.sampleWeights();
    this.pairs = pairs;
    this.step = step;
    this.rankLoss = new float[config.maxSampled() + 1];
    for (int sampled = 1; sampled < rankLoss.length; sampled++) {
      int rank = (pairs.skuCount() - 1) / sampled;
      rankLoss[sampled] = (float) StrictMath.log(Math.max(1, rank));
    }
  }

  /** The random numbers to come; begin them before a round. */
  Draws draws() {
    return draws;
  }

  /** From now on skus are drawn from {@code skus[from] … skus[to - 1]}. */
  void drawFrom(int[] skus, int from, int to) {
    candidates = skus;
    firstCandidate = from;
    candidateCount = to - from;
  }

  /** How many pairs so far changed the weights. */
  int violations() {
    return violations;
  }

  /** One pair's part of the loss, and a step along its gradient. */
  void learn(int client, int pair) {
    int sku = pairs.skus()[pair];
    float weight = weighted ? pairs.weights()[pair] : Math.signum(pairs.weights()[pair]);
    step.choose(client);
    switch (loss) {
      case WARP -> warp(client, sku, weight);
      case BPR -> bpr(client, sku, weight);
      case LOGISTIC -> logistic(client, sku, weight);
      default -> throw new IllegalStateException(loss.name());
    }
  }

  /**
   * Draws until a sku scores above the client's own less 1: the more draws that took, the higher
   * the own one ranks, and the smaller the loss, log((M − 1) / draws).
   */
  private void warp(int client, int sku, float weight) {
    if (candidateCount == 0) {
      return;
    }
    float limit = step.score(sku) - 1;
    for (int sampled = 1; sampled < rankLoss.length; sampled++) {
      int other = candidates[firstCandidate + draws.below(candidateCount)];
      if (step.score(other) > limit && !pairs.contains(client, other)) {
        step.step(client, other, sku, Math.min(weight * rankLoss[sampled], MAX_SLOPE));
        violations++;
        return;
      }
    }
  }

  /** −log σ(own − other). */
  private void bpr(int client, int sku, float weight) {
    int other = other(client);
    if (other >= 0) {
      float slope = weight * sigmoid(step.score(other) - step.score(sku));
      step.step(client, other, sku, Math.min(slope, MAX_SLOPE));
      violations++;
    }
  }

  /** −log σ(own) − log σ(−other), and −log σ(−own) for a pair whose weight is below zero. */
  private void logistic(int client, int sku, float weight) {
    float wanted = weight > 0 ? 1 : 0;
    float slope = Math.abs(weight) * (sigmoid(step.score(sku)) - wanted);
    step.step(client, sku, Math.max(-MAX_SLOPE, Math.min(slope, MAX_SLOPE)));
    violations++;
    int other = weight > 0 ? other(client) : -1;
    if (other >= 0) {
      step.choose(client);
      slope = weight * sigmoid(step.score(other));
      step.step(client, other, Math.min(slope, MAX_SLOPE));
    }
  }

  /** A sku that the client has no pair with, or -1 if none was drawn. */
  private int other(int client) {
    for (int i = 0; candidateCount > 0 && i < MAX_DRAWS; i++) {
      int other = candidates[firstCandidate + draws.below(candidateCount)];
      if (!pairs.contains(client, other)) {
        return other;
      }
    }
    return -1;
  }

  private static float sigmoid(float x) {
    return (float) (1 / (1 + StrictMath.exp(-x)));
  }
}
