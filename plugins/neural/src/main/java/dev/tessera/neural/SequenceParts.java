package dev.tessera.neural;

import ai.djl.pytorch.jni.JniUtils;
import dev.tessera.api.PluginContext;
import java.util.function.Consumer;

/**
 * Splits the sequences of a batch among the step's threads. Each thread makes its products alone:
 * PyTorch's own threads would have to meet at the end of every one.
 *
 * @param context lends the threads
 */
record SequenceParts(PluginContext context) {

  /** Fewer rows make a product slow, whoever makes it. */
  private static final int FEWEST = 16;

  /**
   * Neighbouring sequences.
   *
   * @param index of the part, below the context's parallelism
   * @param from the first sequence
   * @param count of sequences
   */
  record Part(int index, int from, int count) {}

  /**
   * Works on all parts, some at a time.
   *
   * @param sequences their number
   * @param split whether there may be more than one part
   * @param body called on any thread, with nothing recorded there
   */
  void each(int sequences, boolean split, Consumer<Part> body) {
    int parts = Math.min(context.parallelism(), sequences / FEWEST);
    if (!split || parts < 2) {
      body.accept(new Part(0, 0, sequences));
      return;
    }
    context.parallel(
        parts,
        index -> {
          int from = (int) ((long) sequences * index / parts);
          int to = (int) ((long) sequences * (index + 1) / parts);
          JniUtils.setNumThreads(1);
          JniUtils.setGradMode(false);
          try {
            body.accept(new Part(index, from, to - from));
          } finally {
            // the caller's thread works too, and goes on with products of full size
            Devices.prepareThread(context);
          }
        });
  }
}
