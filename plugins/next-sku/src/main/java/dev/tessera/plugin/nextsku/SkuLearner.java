package dev.tessera.plugin.nextsku;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.tessera.api.PluginContext;
import dev.tessera.neural.BatchSource;
import dev.tessera.neural.DecoderPass;
import dev.tessera.neural.Evaluation;
import dev.tessera.neural.Learner;
import dev.tessera.neural.PackedTokens;
import dev.tessera.neural.Parameters;
import dev.tessera.neural.RankFigures;
import dev.tessera.neural.Rows;
import dev.tessera.neural.TokenBatch;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** Trains the network to tell each next event of a client from those before. */
final class SkuLearner implements Learner {

  static final String LOSS = "held-out loss";
  static final String CATEGORY_LOSS = "held-out loss category";
  static final String EVENT_LOSS = "held-out loss event";
  static final String PRICE_ERROR = "held-out price error";
  static final String CATEGORY_ACCURACY = "held-out accuracy category";
  static final String EVENT_ACCURACY = "held-out accuracy event";
  static final String HITS = "held-out HR@10 category";
  static final String RECIPROCAL = "held-out MRR category";

  private final SkuNetwork network;
  private final DecoderPass pass;
  private final SkuHeads heads;
  private final SkuHeads.Weights weights;
  private final BatchSource.Epoch heldOut;
  private final PluginContext context;

  /**
   * A learner.
   *
   * @param pass how the network is run
   * @param weights of the three losses
   * @param heldOut batches that are not learnt from
   */
  SkuLearner(
      SkuNetwork network,
      DecoderPass pass,
      SkuHeads heads,
      SkuHeads.Weights weights,
      BatchSource.Epoch heldOut,
      PluginContext context) {
    this.network = network;
    this.pass = pass;
    this.heads = heads;
    this.weights = weights;
    this.heldOut = heldOut;
    this.context = context;
  }

  @Override
  public Parameters parameters() {
    return network.parameters();
  }

  @Override
  public double learn(TokenBatch batch, NDManager scope, SplittableRandom random) {
    NDArray hidden = pass.learn(PackedTokens.inputs(batch), scope, random);
    NDArray gradient = scope.zeros(hidden.getShape(), DataType.FLOAT32);
    Targets targets = Targets.of(PackedTokens.labels(batch));
    SkuHeads.Told told = heads.learn(hidden, targets, weights, gradient, scope);
    pass.backward(gradient, scope);
    return told.loss(weights);
  }

  @Override
  public Evaluation evaluate(NDManager manager) {
    SkuHeads.Told told = SkuHeads.Told.NOTHING;
    RankFigures ranks = new RankFigures();
    try (PluginContext.Progress progress = context.progress("held-out tokens", heldOut.tokens())) {
      for (int index = 0; index < heldOut.size(); index++) {
        context.checkCancelled();
        TokenBatch batch = heldOut.batch(index);
        try (NDManager scope = manager.newSubManager()) {
          PackedTokens inputs = PackedTokens.inputs(batch);
          NDArray hidden = pass.run(inputs, scope);
          PackedTokens labels = PackedTokens.labels(batch);
          told = told.plus(heads.judge(hidden, Targets.of(labels), scope));
          rank(Rows.of(hidden, inputs.ends(), scope), labels, scope, ranks);
        }
        progress.advance(batch.size());
      }
    }
    Map<String, Double> metrics = metrics(told, weights);
    metrics.put(HITS, ranks.hits());
    metrics.put(RECIPROCAL, ranks.reciprocal());
    return new Evaluation(told.loss(weights), metrics);
  }

  /** Where the category of each client's last event is among all. */
  private void rank(NDArray last, PackedTokens labels, NDManager scope, RankFigures ranks) {
    NDArray scores = heads.categoryScores(last, scope);
    float[] all = scores.toFloatArray();
    int size = (int) scores.getShape().get(1);
    int[] ends = labels.ends();
    for (int row = 0; row < ends.length; row++) {
      int category = labels.columns()[ProductEvents.CATEGORY][ends[row]] - ProductCodes.FIRST;
      if (category >= 0) {
        ranks.add(
            RankFigures.rank(Arrays.copyOfRange(all, row * size, (row + 1) * size), category));
      }
    }
  }

  /** The figures that do not need a ranking, by name. */
  static Map<String, Double> metrics(SkuHeads.Told told, SkuHeads.Weights weights) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put(LOSS, told.loss(weights));
    metrics.put(CATEGORY_LOSS, told.categoryLoss());
    metrics.put(EVENT_LOSS, told.eventLoss());
    metrics.put(PRICE_ERROR, told.priceError());
    metrics.put(
        CATEGORY_ACCURACY, (double) told.category().correct() / Math.max(1, told.categories()));
    metrics.put(EVENT_ACCURACY, (double) told.event().correct() / Math.max(1, told.events()));
    return metrics;
  }
}
