package dev.tessera.plugin.lightfm;

import dev.tessera.api.PluginContext;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Passes over the pairs, by {@link Strata}; the same weights for any number of threads. */
final class Trainer {

  /** More groups than this would leave small cells. */
  private static final int MAX_PARTS = 16;

  /** With shared weights: each further copy makes them less like those of one task. */
  static final int MAX_SHARING_PARTS = 4;

  /** A group has about so many clients and skus at least, so that there is something to draw. */
  private static final int GROUP = 128;

  /** Pairs that a task learns before the shared weights are brought together. */
  private static final int SHARED_CHUNK = 64;

  /** The same without shared weights: cancellation is seen, and progress shown. */
  private static final int CHUNK = 1 << 16;

  private final PluginContext context;
  private final Strata strata;
  private final Side clients;
  private final Side skus;
  private final SharedRows sharedOfClients;
  private final SharedRows sharedOfSkus;
  private final PairLearner[] learners;
  private final int chunk;

  /** Weights at their start. */
  Trainer(
      LightFmConfig config,
      Pairs pairs,
      Features clientFeatures,
      Features skuFeatures,
      PluginContext context) {
    this(
        config,
        pairs,
        clientFeatures,
        skuFeatures,
        context,
        parts(pairs, clientFeatures.shared() + skuFeatures.shared() > 0));
  }

  Trainer(
      LightFmConfig config,
      Pairs pairs,
      Features clientFeatures,
      Features skuFeatures,
      PluginContext context,
      int parts) {
    this.context = context;
    this.strata = new Strata(pairs, parts);
    Optimizer optimizer = config.optimizer();
    SplittableRandom random = new SplittableRandom(context.seed());
    this.clients = Side.start(clientFeatures, config.components(), optimizer, random);
    this.skus = Side.start(skuFeatures, config.components(), optimizer, random);
    this.sharedOfClients = new SharedRows(clients, parts, optimizer);
    this.sharedOfSkus = new SharedRows(skus, parts, optimizer);
    this.chunk = clientFeatures.shared() + skuFeatures.shared() > 0 ? SHARED_CHUNK : CHUNK;
    this.learners = new PairLearner[parts];
    for (int task = 0; task < parts; task++) {
      PairStep step =
          PairStep.of(
              optimizer, clients, sharedOfClients.copy(task), skus, sharedOfSkus.copy(task));
      learners[task] = new PairLearner(config, pairs, step);
    }
  }

  private static int parts(Pairs pairs, boolean sharing) {
    int smaller = Math.min(pairs.clients(), pairs.skuCount());
    return Math.max(1, Math.min(sharing ? MAX_SHARING_PARTS : MAX_PARTS, smaller / GROUP));
  }

  /**
   * One pass over all pairs.
   *
   * @return the share of pairs that changed the weights
   */
  double epoch(int epoch, PluginContext.Progress progress) {
    long before = violations();
    strata.deal(context.seed(), epoch, context);
    for (int round = 0; round < strata.parts(); round++) {
      begin(epoch, round);
      int longest = 0;
      for (int task = 0; task < strata.parts(); task++) {
        longest = Math.max(longest, strata.end(round, task) - strata.start(round, task));
      }
      for (int first = 0; first < longest; first += chunk) {
        context.checkCancelled();
        learn(round, first, progress);
      }
    }
    return (double) (violations() - before) / strata.order().length;
  }

  private void begin(int epoch, int round) {
    for (int task = 0; task < strata.parts(); task++) {
      int group = strata.skuGroup(round, task);
      PairLearner learner = learners[task];
      learner.draws().begin(context.seed(), epoch, round, task);
      learner.drawFrom(strata.skus(), strata.groupStart(group), strata.groupStart(group + 1));
    }
  }

  private void learn(int round, int first, PluginContext.Progress progress) {
    int[] order = strata.order();
    int[] clientOfPair = strata.clientOfPair();
    context.parallel(
        strata.parts(),
        task -> {
          int from = Math.min(strata.start(round, task) + first, strata.end(round, task));
          int to = Math.min(from + chunk, strata.end(round, task));
          PairLearner learner = learners[task];
          for (int i = from; i < to; i++) {
            learner.learn(clientOfPair[order[i]], order[i]);
          }
          progress.advance(to - from);
        });
    sharedOfClients.merge();
    sharedOfSkus.merge();
  }

  private long violations() {
    long sum = 0;
    for (PairLearner learner : learners) {
      sum += learner.violations();
    }
    return sum;
  }

  /** Everything that is learnt, to be kept and set again. */
  List<float[]> weights() {
    List<float[]> weights = new ArrayList<>();
    for (Rows rows : List.of(clients.own(), clients.shared(), skus.own(), skus.shared())) {
      weights.addAll(rows.arrays());
    }
    return weights;
  }

  /** To be called when {@link #weights} were set. */
  void weightsWereSet() {
    sharedOfClients.spread();
    sharedOfSkus.spread();
  }

  Side clients() {
    return clients;
  }

  Side skus() {
    return skus;
  }
}
