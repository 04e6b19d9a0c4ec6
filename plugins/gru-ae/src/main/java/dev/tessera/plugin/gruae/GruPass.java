package dev.tessera.plugin.gruae;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tessera.neural.TokenBatch;
import java.util.SplittableRandom;

/**
 * Runs a network's embeddings, encoder and decoder over one batch at a time. Two ways, which give
 * the same up to rounding: {@link FusedPass} on the CPU, {@link RecordedPass} anywhere.
 */
interface GruPass {

  /** [B, H], the encoder's last layer's state at the end of each sequence. */
  NDArray encode(TokenBatch batch, NDManager manager);

  /**
   * [P, H], what the decoder gives for each token but the last of each sequence: from it the next
   * token is to be told. Position by position and sequence by sequence, as {@link
   * GruNetwork#labels}. Not recorded.
   */
  NDArray reconstruct(TokenBatch batch, NDManager manager);

  /** As {@link #reconstruct}, with dropout; {@link #backward} must follow. */
  NDArray learn(TokenBatch batch, NDManager manager, SplittableRandom random);

  /**
   * Adds to the gradients of all weights but the output layers'.
   *
   * @param gradient [P, H] of what {@link #learn} gave
   */
  void backward(NDArray gradient);
}
