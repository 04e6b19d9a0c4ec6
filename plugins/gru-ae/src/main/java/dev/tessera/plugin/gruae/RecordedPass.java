package dev.tessera.plugin.gruae;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import dev.tessera.neural.Autograd;
import dev.tessera.neural.GruStack;
import dev.tessera.neural.Rows;
import dev.tessera.neural.TokenBatch;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/** By PyTorch's operations and its recording of them, on any device. */
final class RecordedPass implements GruPass {

  private final GruNetwork network;
  private final double dropout;
  private NDArray recorded;

  /** Over a network, with dropout between layers while learning. */
  RecordedPass(GruNetwork network, double dropout) {
    this.network = network;
    this.dropout = dropout;
  }

  @Override
  public NDArray encode(TokenBatch batch, NDManager manager) {
    return encode(batch, embed(batch, manager), UnaryOperator.identity()).top();
  }

  @Override
  public NDArray reconstruct(TokenBatch batch, NDManager manager) {
    return reconstruct(batch, manager, UnaryOperator.identity());
  }

  @Override
  public NDArray learn(TokenBatch batch, NDManager manager, SplittableRandom random) {
    recorded =
        Autograd.record(() -> reconstruct(batch, manager, GruStack.dropout(dropout, random)));
    return recorded.stopGradient();
  }

  @Override
  public void backward(NDArray gradient) {
    Autograd.backward(recorded, gradient);
  }

  private NDArray reconstruct(TokenBatch batch, NDManager manager, UnaryOperator<NDArray> between) {
    NDArray embedded = embed(batch, manager);
    GruStack.Result encoded = encode(batch, embedded, between);
    NDArray input =
        embedded
            .get(new NDIndex().addSliceDim(0, batch.width() - 1L))
            .add(encoded.top().expandDims(0));
    NDArray flat =
        network
            .decoder()
            .run(input, Optional.of(encoded.finals()), Optional.empty(), between)
            .outputs()
            .reshape(-1, network.shape().hidden());
    return batch.isEven() ? flat : Rows.of(flat, GruNetwork.positions(batch), manager);
  }

  private GruStack.Result encode(
      TokenBatch batch, NDArray embedded, UnaryOperator<NDArray> between) {
    Optional<NDArray> ends = Optional.empty();
    if (!batch.isEven()) {
      int[] rows = new int[batch.rows()];
      for (int row = 0; row < rows.length; row++) {
        rows[row] = (batch.lengths()[row] - 1) * rows.length + row;
      }
      ends = Optional.of(embedded.getManager().create(rows));
    }
    return network.encoder().run(embedded, Optional.empty(), ends, between);
  }

  private NDArray embed(TokenBatch batch, NDManager manager) {
    NDList columns = new NDList();
    for (int column = 0; column < network.shape().columns().size(); column++) {
      columns.add(Rows.of(network.embedding(column).values(), batch.timeFirst(manager, column)));
    }
    if (network.shape().combine() == Combine.CONCATENATION) {
      return NDArrays.concat(columns, 2);
    }
    NDArray sum = columns.get(0);
    for (int column = 1; column < columns.size(); column++) {
      sum = sum.add(columns.get(column));
    }
    return sum;
  }
}
