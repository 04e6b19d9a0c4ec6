package dev.tessera.neural;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tessera.api.PluginContext;
import java.util.SplittableRandom;

/**
 * Runs tokens' vectors and a causal transformer over one batch at a time. Two ways, which give the
 * same up to rounding (and other dropout masks): by our kernels on the CPU, by PyTorch's recording
 * anywhere.
 */
public interface DecoderPass {

  /**
   * [P, D], what the transformer gives at each token. Not recorded; valid until the next batch, not
   * to be closed.
   *
   * @param scope of the batch
   */
  NDArray run(PackedTokens tokens, NDManager scope);

  /** As {@link #run}, with dropout; {@link #backward} must follow. */
  NDArray learn(PackedTokens tokens, NDManager scope, SplittableRandom random);

  /**
   * Adds to the gradients of all weights.
   *
   * @param gradient [P, D] of what {@link #learn} gave
   * @param scope of the batch
   */
  void backward(NDArray gradient, NDManager scope);

  /** The one for the manager's device. */
  static DecoderPass of(
      TokenVectors vectors,
      DecoderWeights weights,
      Dropout dropout,
      NDManager manager,
      PluginContext context) {
    return manager.getDevice().equals(Device.cpu())
        ? fused(vectors, weights, dropout, manager, context)
        : recorded(vectors, weights, dropout);
  }

  /** By our kernels. */
  static DecoderPass fused(
      TokenVectors vectors,
      DecoderWeights weights,
      Dropout dropout,
      NDManager manager,
      PluginContext context) {
    FusedDecoder decoder = new FusedDecoder(weights, manager, context);
    RowMatrix embedded = new RowMatrix(manager);
    return new DecoderPass() {
      private PackedTokens last;

      @Override
      public NDArray run(PackedTokens tokens, NDManager scope) {
        vectors.forward(tokens, embedded);
        return decoder.run(embedded, tokens.lengths(), scope);
      }

      @Override
      public NDArray learn(PackedTokens tokens, NDManager scope, SplittableRandom random) {
        last = tokens;
        vectors.forward(tokens, embedded);
        return decoder.learn(embedded, tokens.lengths(), dropout, random, scope);
      }

      @Override
      public void backward(NDArray gradient, NDManager scope) {
        vectors.backward(last, decoder.backward(gradient, scope));
      }
    };
  }

  /** By PyTorch's recording. */
  static DecoderPass recorded(TokenVectors vectors, DecoderWeights weights, Dropout dropout) {
    RecordedDecoder decoder = new RecordedDecoder(weights);
    return new DecoderPass() {
      private NDArray recorded;

      @Override
      public NDArray run(PackedTokens tokens, NDManager scope) {
        return decoder.run(
            vectors.recorded(tokens, scope),
            tokens.lengths(),
            new Dropout(0),
            new SplittableRandom(0));
      }

      @Override
      public NDArray learn(PackedTokens tokens, NDManager scope, SplittableRandom random) {
        recorded =
            Autograd.record(
                () ->
                    decoder.run(
                        vectors.recorded(tokens, scope), tokens.lengths(), dropout, random));
        return recorded.stopGradient();
      }

      @Override
      public void backward(NDArray gradient, NDManager scope) {
        Autograd.backward(recorded, gradient);
      }
    };
  }
}
