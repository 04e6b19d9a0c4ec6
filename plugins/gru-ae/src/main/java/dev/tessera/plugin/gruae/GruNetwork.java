package dev.tessera.plugin.gruae;

import ai.djl.ndarray.NDArray;
import dev.tessera.neural.GruStack;
import dev.tessera.neural.Initial;
import dev.tessera.neural.Parameter;
import dev.tessera.neural.Parameters;
import dev.tessera.neural.SoftmaxLoss;
import dev.tessera.neural.TokenBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The weights of the autoencoder; see {@link GruAeModel} for what it is, {@link GruPass} for runs.
 */
final class GruNetwork {

  private final Parameters parameters;
  private final Shape shape;
  private final List<SoftmaxLoss.Layer> outputs = new ArrayList<>();
  private final GruStack encoder;
  private final GruStack decoder;

  /**
   * The sizes.
   *
   * @param columns names of the columns, for those of the weights
   * @param vocabularies V of each column
   * @param combine how embeddings become one
   * @param embedding the width of each column's embedding
   * @param hidden H
   * @param layers of the encoder and of the decoder
   */
  record Shape(
      List<String> columns,
      List<Integer> vocabularies,
      Combine combine,
      int embedding,
      int hidden,
      int layers) {}

  /** Adds the weights of a network to parameters, at random. */
  GruNetwork(Parameters parameters, Shape shape) {
    this.parameters = parameters;
    this.shape = shape;
    for (int column = 0; column < shape.columns().size(); column++) {
      parameters.add(
          "embedding." + shape.columns().get(column),
          new Initial.Normal(1),
          shape.vocabularies().get(column),
          shape.embedding());
    }
    int width = shape.embedding() * (shape.combine() == Combine.SUM ? 1 : shape.columns().size());
    encoder = new GruStack(parameters, "encoder", width, shape.hidden(), shape.layers());
    decoder = new GruStack(parameters, "decoder", width, shape.hidden(), shape.layers());
    Initial initial = new Initial.Uniform(1 / Math.sqrt(shape.hidden()));
    for (int column = 0; column < shape.columns().size(); column++) {
      String name = "output." + shape.columns().get(column);
      int size = shape.vocabularies().get(column);
      outputs.add(
          new SoftmaxLoss.Layer(
              parameters.addManual(name + ".weight", initial, size, shape.hidden()),
              Optional.of(parameters.addManual(name + ".bias", initial, size))));
    }
  }

  /** All weights. */
  Parameters parameters() {
    return parameters;
  }

  /** The output layer of a column. */
  SoftmaxLoss.Layer output(int column) {
    return outputs.get(column);
  }

  /** Sets the embedding of a token that training never sees to zero, where it then stays. */
  void clear(int column, OptionalInt token) {
    token.ifPresent(
        row -> {
          try (NDArray view = embedding(column).values().get(row)) {
            view.subi(view.duplicate());
          }
        });
  }

  /** The sizes. */
  Shape shape() {
    return shape;
  }

  /** The embeddings of a column, [V, D]. */
  Parameter embedding(int column) {
    return parameters.get("embedding." + shape.columns().get(column));
  }

  GruStack encoder() {
    return encoder;
  }

  GruStack decoder() {
    return decoder;
  }

  /** The token that is to be told at each position, in the order of {@link GruPass#reconstruct}. */
  static int[] labels(TokenBatch batch, int column) {
    int[] labels = new int[batch.size() - batch.rows()];
    int at = 0;
    for (int step = 0; step < batch.width() - 1; step++) {
      for (int row = 0; row < batch.rows(); row++) {
        if (step < batch.lengths()[row] - 1) {
          labels[at++] = batch.tokens()[column][row * batch.width() + step + 1];
        }
      }
    }
    return labels;
  }

  /** Where the real positions are in the decoder's outputs seen as [(T - 1) · B, H]. */
  static int[] positions(TokenBatch batch) {
    int[] positions = new int[batch.size() - batch.rows()];
    int at = 0;
    for (int step = 0; step < batch.width() - 1; step++) {
      for (int row = 0; row < batch.rows(); row++) {
        if (step < batch.lengths()[row] - 1) {
          positions[at++] = step * batch.rows() + row;
        }
      }
    }
    return positions;
  }
}
