package dev.tessera.plugin.gruae;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tessera.api.PluginContext;
import dev.tessera.neural.BatchSource;
import dev.tessera.neural.Evaluation;
import dev.tessera.neural.Learner;
import dev.tessera.neural.Parameters;
import dev.tessera.neural.SoftmaxLoss;
import dev.tessera.neural.TokenBatch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Trains the network to tell each token of a sequence from the state and the tokens before. */
final class GruLearner implements Learner {

  static final String LOSS = "held-out loss";

  private final GruNetwork network;
  private final List<String> columns;
  private final GruPass pass;
  private final BatchSource.Epoch heldOut;
  private final SoftmaxLoss softmax;
  private final PluginContext context;

  /**
   * A learner.
   *
   * @param pass how the network is run
   * @param columns the names of the network's columns
   * @param heldOut batches that are not learnt from
   * @param manager of the stage, for working memory
   */
  GruLearner(
      GruNetwork network,
      List<String> columns,
      GruPass pass,
      BatchSource.Epoch heldOut,
      NDManager manager,
      PluginContext context) {
    this.network = network;
    this.columns = columns;
    this.pass = pass;
    this.heldOut = heldOut;
    this.softmax = new SoftmaxLoss(manager, context);
    this.context = context;
  }

  @Override
  public Parameters parameters() {
    return network.parameters();
  }

  @Override
  public double learn(TokenBatch batch, NDManager manager, SplittableRandom random) {
    NDArray states = pass.learn(batch, manager, random);
    NDArray gradient = states.zerosLike();
    long positions = states.getShape().get(0);
    double loss = 0;
    for (int column = 0; column < columns.size(); column++) {
      loss +=
          softmax
              .learn(
                  states,
                  network.output(column),
                  GruNetwork.labels(batch, column),
                  1.0 / positions,
                  gradient)
              .loss();
    }
    pass.backward(gradient);
    return loss / positions;
  }

  @Override
  public Evaluation evaluate(NDManager manager) {
    double[] loss = new double[columns.size()];
    long[] correct = new long[columns.size()];
    long positions = 0;
    try (PluginContext.Progress progress = context.progress("held-out tokens", heldOut.tokens())) {
      for (int index = 0; index < heldOut.size(); index++) {
        context.checkCancelled();
        TokenBatch batch = heldOut.batch(index);
        try (NDManager scope = manager.newSubManager()) {
          NDArray hidden = pass.reconstruct(batch, scope);
          for (int column = 0; column < columns.size(); column++) {
            SoftmaxLoss.Sums sums =
                softmax.evaluate(hidden, network.output(column), GruNetwork.labels(batch, column));
            loss[column] += sums.loss();
            correct[column] += sums.correct();
          }
        }
        positions += batch.size() - batch.rows();
        progress.advance(batch.size());
      }
    }
    return evaluation(loss, correct, positions);
  }

  private Evaluation evaluation(double[] loss, long[] correct, long positions) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put(LOSS, 0.0);
    double total = 0;
    for (int column = 0; column < loss.length; column++) {
      total += loss[column] / positions;
      metrics.put(LOSS + " " + columns.get(column), loss[column] / positions);
      metrics.put(accuracy(columns.get(column)), (double) correct[column] / positions);
    }
    metrics.put(LOSS, total);
    return new Evaluation(total, metrics);
  }

  /** The name of a column's share of tokens told rightly. */
  static String accuracy(String column) {
    return "held-out accuracy " + column;
  }
}
