package dev.tessera.neural;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tessera.api.PluginContext;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** The smallest model: tells each token from the one before alone. */
class NextTokenLearner implements Learner {

  private static final int VOCABULARY = 12;
  private static final int WIDTH = 6;

  private final Parameters parameters;
  private final NDArray table;
  private final SoftmaxLoss.Layer output;
  private final SoftmaxLoss softmax;
  private final Dropout dropout = new Dropout(0.2);
  private final BatchSource.Epoch heldOut;

  NextTokenLearner(NDManager manager, PluginContext context, BatchSource.Epoch heldOut) {
    this.parameters = new Parameters(manager, context.seed());
    this.table = parameters.add("table", new Initial.Normal(1), VOCABULARY, WIDTH);
    this.output =
        new SoftmaxLoss.Layer(
            parameters.addManual("output", new Initial.Uniform(0.5), VOCABULARY, WIDTH),
            Optional.empty());
    this.softmax = new SoftmaxLoss(manager, context);
    this.heldOut = heldOut;
  }

  /** Clients 0 … n-1; the token after t is t + 1, from 3 to 11 and round again. */
  static SequenceSource cycles() {
    return new SequenceSource() {
      @Override
      public int columns() {
        return 1;
      }

      @Override
      public int length(int client) {
        return 3 + client % 5;
      }

      @Override
      public Reader reader() {
        return (client, target, offset) -> {
          for (int i = 0; i < length(client); i++) {
            target[0][offset + i] = Tokens.FIRST + (client + i) % 9;
          }
        };
      }
    };
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }

  private static int[] part(TokenBatch batch, int first) {
    int[] tokens = new int[batch.size() - batch.rows()];
    int at = 0;
    for (int row = 0; row < batch.rows(); row++) {
      for (int i = 0; i < batch.lengths()[row] - 1; i++) {
        tokens[at++] = batch.tokens()[0][row * batch.width() + first + i];
      }
    }
    return tokens;
  }

  @Override
  public double learn(TokenBatch batch, NDManager manager, SplittableRandom random) {
    int[] labels = part(batch, 1);
    NDArray hidden =
        Autograd.record(() -> dropout.apply(Rows.of(table, part(batch, 0), manager), random));
    NDArray gradient = hidden.stopGradient().zerosLike();
    SoftmaxLoss.Sums sums =
        softmax.learn(hidden.stopGradient(), output, labels, 1.0 / labels.length, gradient);
    Autograd.backward(hidden, gradient);
    return sums.loss() / labels.length;
  }

  @Override
  public Evaluation evaluate(NDManager manager) {
    double loss = 0;
    long correct = 0;
    long all = 0;
    for (int index = 0; index < heldOut.size(); index++) {
      TokenBatch batch = heldOut.batch(index);
      int[] labels = part(batch, 1);
      SoftmaxLoss.Sums sums =
          softmax.evaluate(Rows.of(table, part(batch, 0), manager), output, labels);
      loss += sums.loss();
      correct += sums.correct();
      all += labels.length;
    }
    return new Evaluation(
        loss / all, Map.of("held-out loss", loss / all, "accuracy", (double) correct / all));
  }
}
