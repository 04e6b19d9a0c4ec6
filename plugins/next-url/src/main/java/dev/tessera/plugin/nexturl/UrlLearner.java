package dev.tessera.plugin.nexturl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.tessera.api.PluginContext;
import dev.tessera.neural.DecoderPass;
import dev.tessera.neural.Evaluation;
import dev.tessera.neural.Learner;
import dev.tessera.neural.PackedTokens;
import dev.tessera.neural.Parameters;
import dev.tessera.neural.RowSubset;
import dev.tessera.neural.SampledSoftmax;
import dev.tessera.neural.TokenBatch;
import java.util.Arrays;
import java.util.BitSet;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Trains the network to tell each next url from those before. */
final class UrlLearner implements Learner {

  private final UrlNetwork network;
  private final DecoderPass pass;
  private final Negatives negatives;
  private final UrlRanking ranking;
  private final SampledSoftmax softmax;

  /**
   * A learner.
   *
   * @param pass how the network is run
   * @param ranking of held-out clients
   * @param manager of the stage, for working memory
   */
  UrlLearner(
      UrlNetwork network,
      DecoderPass pass,
      Negatives negatives,
      UrlRanking ranking,
      NDManager manager,
      PluginContext context) {
    this.network = network;
    this.pass = pass;
    this.negatives = negatives;
    this.ranking = ranking;
    this.softmax = new SampledSoftmax(manager, context);
  }

  @Override
  public Parameters parameters() {
    return network.parameters();
  }

  @Override
  public double learn(TokenBatch batch, NDManager scope, SplittableRandom random) {
    PackedTokens inputs = PackedTokens.inputs(batch);
    int[] labels = PackedTokens.labels(batch).columns()[0];
    NDArray hidden = pass.learn(inputs, scope, random.split());
    // the unknown url is no label: only positions before a known one count
    RowSubset counted = RowSubset.where(labels.length, at -> labels[at] >= UrlVocabulary.FIRST);
    NDArray states = counted.of(hidden, scope);
    int[] known = counted.of(labels);
    NDArray gradient = scope.zeros(states.getShape(), DataType.FLOAT32);
    double scale = 1.0 / Math.max(1, counted.size());
    double loss =
        negatives.per() == NegativesPer.BATCH
            ? softmax
                .learn(states, network.table(), negatives.forBatch(random), known, scale, gradient)
                .loss()
            : perSequence(states, inputs, labels, scale, gradient, random);
    pass.backward(counted.spread(gradient, scope), scope);
    return loss * scale;
  }

  private double perSequence(
      NDArray states,
      PackedTokens inputs,
      int[] labels,
      double scale,
      NDArray gradient,
      SplittableRandom random) {
    double loss = 0;
    int from = 0;
    int at = 0;
    for (int length : inputs.lengths()) {
      int[] own = Arrays.copyOfRange(labels, from, from + length);
      BitSet visited = new BitSet();
      IntStream.of(own).forEach(visited::set);
      IntStream.range(from, from + length).map(i -> inputs.columns()[0][i]).forEach(visited::set);
      int[] known = IntStream.of(own).filter(label -> label >= UrlVocabulary.FIRST).toArray();
      if (known.length > 0) {
        SampledSoftmax.Sample sample = negatives.forSequence(visited, random);
        try (NDArray part = states.get("{}:{}", at, at + known.length);
            NDArray target = gradient.get("{}:{}", at, at + known.length)) {
          loss += softmax.learn(part, network.table(), sample, known, scale, target).loss();
        }
      }
      from += length;
      at += known.length;
    }
    return loss;
  }

  @Override
  public Evaluation evaluate(NDManager manager) {
    return ranking.judge(network.table(), pass, manager).evaluation();
  }
}
