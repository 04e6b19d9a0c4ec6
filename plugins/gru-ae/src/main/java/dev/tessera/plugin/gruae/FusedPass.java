package dev.tessera.plugin.gruae;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tessera.api.PluginContext;
import dev.tessera.neural.Dropout;
import dev.tessera.neural.EmbeddingSum;
import dev.tessera.neural.FusedGru;
import dev.tessera.neural.RowMatrix;
import dev.tessera.neural.TokenBatch;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** By our own kernels between PyTorch's products, on the CPU. */
final class FusedPass implements GruPass {

  private static final Dropout NONE = new Dropout(0);

  private final GruNetwork network;
  private final Dropout dropout;
  private final EmbeddingSum embeddings;
  private final FusedGru encoder;
  private final FusedGru decoder;
  private final RowMatrix embedded;
  private final RowMatrix decoderInput;
  private final RowMatrix embeddedGradient;
  private final RowMatrix outputGradient;
  private TokenBatch batch;

  /**
   * Over a network.
   *
   * @param manager of the stage, for memory that is kept from batch to batch
   * @param context of the stage, which lends threads
   */
  FusedPass(GruNetwork network, double dropout, NDManager manager, PluginContext context) {
    this.network = network;
    this.dropout = new Dropout(dropout);
    GruNetwork.Shape shape = network.shape();
    boolean sum = shape.combine() == Combine.SUM;
    this.embeddings =
        new EmbeddingSum(
            IntStream.range(0, shape.columns().size()).mapToObj(network::embedding).toList(), sum);
    this.encoder = new FusedGru(network.parameters(), "encoder", shape.layers(), manager, context);
    this.decoder = new FusedGru(network.parameters(), "decoder", shape.layers(), manager, context);
    this.embedded = new RowMatrix(manager);
    this.decoderInput = new RowMatrix(manager);
    this.embeddedGradient = new RowMatrix(manager);
    this.outputGradient = new RowMatrix(manager);
  }

  @Override
  public NDArray encode(TokenBatch given, NDManager manager) {
    List<float[]> finals = encode(given, NONE, new SplittableRandom(0), false);
    return manager.create(
        finals.get(finals.size() - 1), new Shape(given.rows(), network.shape().hidden()));
  }

  @Override
  public NDArray reconstruct(TokenBatch given, NDManager manager) {
    return run(given, manager, NONE, new SplittableRandom(0), false);
  }

  @Override
  public NDArray learn(TokenBatch given, NDManager manager, SplittableRandom random) {
    return run(given, manager, dropout, random, true);
  }

  private List<float[]> encode(
      TokenBatch given, Dropout between, SplittableRandom random, boolean training) {
    batch = given;
    embedded.resize(batch.width() * batch.rows(), embeddings.width());
    embeddings.forward(batch, embedded);
    encoder.forward(
        new FusedGru.Input(embedded.array(), batch.width(), batch.lengths()),
        List.of(),
        between,
        random,
        training);
    return encoder.finals();
  }

  private NDArray run(
      TokenBatch given,
      NDManager manager,
      Dropout between,
      SplittableRandom random,
      boolean training) {
    List<float[]> finals = encode(given, between, random, training);
    int steps = batch.width() - 1;
    decoderInput.resize(steps * batch.rows(), embeddings.width());
    decoderInput.setSums(embedded, finals.get(finals.size() - 1));
    int[] lengths = IntStream.of(batch.lengths()).map(length -> length - 1).toArray();
    decoder.forward(
        new FusedGru.Input(decoderInput.array(), steps, lengths),
        finals,
        between,
        random,
        training);
    NDArray outputs = decoder.outputs();
    outputs.attach(manager);
    if (batch.isEven()) {
      return outputs;
    }
    return dev.tessera.neural.Rows.of(outputs, GruNetwork.positions(batch), manager);
  }

  @Override
  public void backward(NDArray gradient) {
    int hidden = network.shape().hidden();
    NDArray outputs = gradient;
    if (!batch.isEven()) {
      outputGradient.resize((batch.width() - 1) * batch.rows(), hidden);
      outputGradient.clear();
      outputGradient.put(GruNetwork.positions(batch), gradient);
      outputs = outputGradient.array();
    }
    FusedGru.Back fromDecoder = decoder.backward(outputs, List.of());
    embeddedGradient.resize(batch.width() * batch.rows(), embeddings.width());
    embeddedGradient.clear();
    List<float[]> finals = fromDecoder.initialGradients();
    try (NDArray inputs = fromDecoder.inputGradient()) {
      // what the decoder's inputs share: the encoder's last state is part of each
      embeddedGradient.add(inputs);
      RowMatrix.addToRows(inputs, finals.get(finals.size() - 1));
    }
    FusedGru.Back fromEncoder = encoder.backward(encoder.zeroOutputGradient(), finals);
    try (NDArray inputs = fromEncoder.inputGradient()) {
      embeddedGradient.add(inputs);
    }
    embeddings.backward(batch, embeddedGradient);
  }
}
