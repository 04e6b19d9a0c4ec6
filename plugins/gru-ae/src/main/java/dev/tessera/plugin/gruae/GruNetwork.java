package dev.tessera.plugin.gruae;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import dev.tessera.neural.GruStack;
import dev.tessera.neural.Initial;
import dev.tessera.neural.Parameter;
import dev.tessera.neural.Parameters;
import dev.tessera.neural.Rows;
import dev.tessera.neural.SoftmaxLoss;
import dev.tessera.neural.TokenBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/**
 * The arithmetic of the autoencoder; see {@link GruAeModel} for what it is.
 *
 * <p>Arrays have time first: tokens [T, B], embedded tokens [T, B, D].
 */
final class GruNetwork {

  private final Parameters parameters;
  private final Shape shape;
  private final List<NDArray> embeddings = new ArrayList<>();
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
      embeddings.add(
          parameters.add(
              "embedding." + shape.columns().get(column),
              new Initial.Normal(1),
              shape.vocabularies().get(column),
              shape.embedding()));
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
          Parameter table = parameters.get("embedding." + shape.columns().get(column));
          try (NDArray view = table.values().get(row)) {
            view.subi(view.duplicate());
          }
        });
  }

  /** [B, H], the encoder's last layer's state at the end of each sequence. */
  NDArray encode(TokenBatch batch, NDManager manager) {
    return encode(batch, embed(batch, manager), UnaryOperator.identity()).top();
  }

  /**
   * [P, H], what the decoder gives for each token but the last of each sequence: from it the next
   * token is to be told. Position by position and sequence by sequence, as {@link #labels}.
   */
  NDArray reconstruct(TokenBatch batch, NDManager manager, UnaryOperator<NDArray> dropout) {
    NDArray embedded = embed(batch, manager);
    GruStack.Result encoded = encode(batch, embedded, dropout);
    NDArray input =
        embedded
            .get(new NDIndex().addSliceDim(0, batch.width() - 1L))
            .add(encoded.top().expandDims(0));
    NDArray flat =
        decoder
            .run(input, Optional.of(encoded.finals()), Optional.empty(), dropout)
            .outputs()
            .reshape(-1, shape.hidden());
    return batch.isEven() ? flat : Rows.of(flat, positions(batch), manager);
  }

  /** The token that is to be told at each position, in the order of {@link #reconstruct}. */
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
  private static int[] positions(TokenBatch batch) {
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

  private GruStack.Result encode(
      TokenBatch batch, NDArray embedded, UnaryOperator<NDArray> dropout) {
    Optional<NDArray> ends = Optional.empty();
    if (!batch.isEven()) {
      int[] rows = new int[batch.rows()];
      for (int row = 0; row < rows.length; row++) {
        rows[row] = (batch.lengths()[row] - 1) * rows.length + row;
      }
      ends = Optional.of(embedded.getManager().create(rows));
    }
    return encoder.run(embedded, Optional.empty(), ends, dropout);
  }

  private NDArray embed(TokenBatch batch, NDManager manager) {
    NDList columns = new NDList();
    for (int column = 0; column < embeddings.size(); column++) {
      columns.add(Rows.of(embeddings.get(column), batch.timeFirst(manager, column)));
    }
    if (shape.combine() == Combine.CONCATENATION) {
      return NDArrays.concat(columns, 2);
    }
    NDArray sum = columns.get(0);
    for (int column = 1; column < columns.size(); column++) {
      sum = sum.add(columns.get(column));
    }
    return sum;
  }
}
