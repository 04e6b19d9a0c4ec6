package dev.tessera.neural;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/**
 * Sequences side by side, each followed by {@link Tokens#PADDING} up to the width.
 *
 * @param clients [B] the dense index of each sequence's client
 * @param lengths [B] tokens of each sequence, at least 1
 * @param width T, the longest length
 * @param tokens per column [B · T], sequence after sequence
 */
public record TokenBatch(int[] clients, int[] lengths, int width, int[][] tokens) {

  /** Reads the sequences of some clients. */
  public static TokenBatch read(
      SequenceSource source, SequenceSource.Reader reader, int[] clients) {
    int[] lengths = Arrays.stream(clients).map(source::length).toArray();
    int width = Arrays.stream(lengths).max().orElse(0);
    int[][] tokens = new int[source.columns()][clients.length * width];
    for (int row = 0; row < clients.length; row++) {
      reader.read(clients[row], tokens, row * width);
    }
    return new TokenBatch(clients, lengths, width, tokens);
  }

  /** B. */
  public int rows() {
    return lengths.length;
  }

  /** The number of real tokens. */
  public int size() {
    return Arrays.stream(lengths).sum();
  }

  /** Whether there is no padding. */
  public boolean isEven() {
    return size() == rows() * width;
  }

  /** One column on a device: int32 [B, T]. */
  public NDArray array(NDManager manager, int column) {
    return manager.create(tokens[column], new Shape(rows(), width));
  }

  /** One column on a device with time first: int32 [T, B]. */
  public NDArray timeFirst(NDManager manager, int column) {
    int[] turned = new int[tokens[column].length];
    for (int row = 0; row < rows(); row++) {
      for (int step = 0; step < width; step++) {
        turned[step * rows() + row] = tokens[column][row * width + step];
      }
    }
    return manager.create(turned, new Shape(width, rows()));
  }
}
