package dev.tessera.neural;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingSink;
import dev.tessera.api.EmbeddingWriter;
import dev.tessera.api.EventLog;
import dev.tessera.api.PluginContext;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Gives a sink the vector of each client of a selection: block after block of clients in ascending
 * order, within a block in batches of like length. Clients without a sequence get zeros.
 */
public final class SequenceEmbedder {

  /** Floats of a block: 64 MB. */
  private static final int BLOCK_FLOATS = 1 << 24;

  private final PluginContext context;
  private final NDManager manager;
  private final BatchOptions options;
  private final int dimension;

  /** Turns a batch into vectors [B, D]; what it makes of the manager is freed after the call. */
  @FunctionalInterface
  public interface Encoder {
    /** The vectors of a batch. */
    NDArray encode(TokenBatch batch, NDManager manager);
  }

  /**
   * An embedder.
   *
   * @param manager of the stage
   * @param dimension D
   */
  public SequenceEmbedder(
      PluginContext context, NDManager manager, BatchOptions options, int dimension) {
    this.context = context;
    this.manager = manager;
    this.options = options;
    this.dimension = dimension;
  }

  /** Embeds all clients of a selection. */
  public void embed(
      SequenceSource sequences,
      Encoder encoder,
      EventLog events,
      ClientSelection clients,
      EmbeddingSink sink) {
    Devices.prepareThread(context);
    int[] indices = events.indexOf(clients);
    int capacity = Math.max(1, Math.min(indices.length, BLOCK_FLOATS / dimension));
    float[] block = new float[capacity * dimension];
    try (EmbeddingWriter out = new EmbeddingWriter(context.allocator(), dimension, sink);
        PluginContext.Progress progress = context.progress("clients", indices.length)) {
      for (int from = 0; from < indices.length; from += capacity) {
        int count = Math.min(capacity, indices.length - from);
        Arrays.fill(block, 0);
        fill(sequences, encoder, Arrays.copyOfRange(indices, from, from + count), block);
        for (int i = 0; i < count; i++) {
          out.write(clients.id(from + i), block, i * dimension);
        }
        progress.advance(count);
      }
      out.finish();
    }
  }

  /** Writes the vectors of some clients, which may be -1, at their places in a block. */
  private void fill(SequenceSource sequences, Encoder encoder, int[] clients, float[] block) {
    int[] present =
        IntStream.range(0, clients.length)
            .filter(i -> clients[i] >= 0 && sequences.length(clients[i]) > 0)
            .toArray();
    BatchPlan plan = BatchPlan.ordered(present, i -> sequences.length(clients[i]), options);
    SequenceSource.Reader reader = sequences.reader();
    for (int index = 0; index < plan.size(); index++) {
      context.checkCancelled();
      int[] places = plan.clients(index);
      TokenBatch batch =
          TokenBatch.read(
              sequences, reader, IntStream.of(places).map(place -> clients[place]).toArray());
      float[] vectors =
          MemoryFault.explain(
              () -> {
                try (NDManager scope = manager.newSubManager()) {
                  return encoder.encode(batch, scope).toFloatArray();
                }
              },
              "lower batch-tokens (now %d)".formatted(options.maxTokens()));
      for (int row = 0; row < places.length; row++) {
        System.arraycopy(vectors, row * dimension, block, places[row] * dimension, dimension);
      }
    }
  }
}
