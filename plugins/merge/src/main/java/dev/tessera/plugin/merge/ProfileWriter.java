package dev.tessera.plugin.merge;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingSink;
import dev.tessera.api.EmbeddingWriter;
import dev.tessera.api.PluginContext;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Computes the output in blocks of clients, several at once, and writes them in order: while one
 * group of blocks is computed, the group before is written by one of the threads.
 */
final class ProfileWriter {

  private static final int BLOCK_BYTES = 2 << 20;

  private final FittedMerge merge;
  private final List<Optional<SelectedRows>> sides;
  private final ClientSelection clients;
  private final PluginContext context;
  private final float[] fill;
  private final int blockRows;

  /**
   * Prepares.
   *
   * @param sides for each input its selected rows; empty if it is missing now
   */
  ProfileWriter(
      FittedMerge merge,
      List<Optional<SelectedRows>> sides,
      ClientSelection clients,
      PluginContext context) {
    this.merge = merge;
    this.sides = sides;
    this.clients = clients;
    this.context = context;
    int dimension = merge.dimension();
    fill = new float[dimension];
    for (int j = 0; j < dimension; j++) {
      fill[j] = (float) merge.fill()[j];
    }
    int rows = Math.max(64, Math.min(4096, BLOCK_BYTES / (Float.BYTES * dimension)));
    blockRows = Math.max(1, Math.min(rows, clients.size()));
  }

  /** Writes all clients. */
  void write(EmbeddingSink sink) {
    int blocks = (clients.size() + blockRows - 1) / blockRows;
    int together = Math.max(1, Math.min(blocks, 2 * context.parallelism()));
    RowBlock[] work =
        IntStream.range(0, together).mapToObj(i -> new RowBlock(1)).toArray(RowBlock[]::new);
    float[][][] results = new float[2][together][blockRows * merge.dimension()];
    try (EmbeddingWriter out = new EmbeddingWriter(context.allocator(), merge.dimension(), sink);
        PluginContext.Progress progress = context.progress("clients merged", clients.size())) {
      for (int first = 0; first < blocks + together; first += together) {
        int start = first;
        float[][] now = results[first / together % 2];
        float[][] before = results[(first / together + 1) % 2];
        int computed = Math.max(0, Math.min(together, blocks - start));
        context.parallel(
            computed + 1,
            task -> {
              if (task == 0) {
                writeGroup(start - together, before, out, progress);
              } else {
                compute(start + task - 1, work[task - 1], now[task - 1]);
              }
            });
      }
      out.finish();
    }
  }

  private void compute(int block, RowBlock work, float[] result) {
    int from = block * blockRows;
    int to = Math.min(clients.size(), from + blockRows);
    int dimension = merge.dimension();
    for (int row = 0; row < to - from; row++) {
      System.arraycopy(fill, 0, result, row * dimension, dimension);
    }
    int column = 0;
    for (int i = 0; i < sides.size(); i++) {
      int columns = merge.inputs().get(i).pipeline().columns();
      int target = column;
      sides
          .get(i)
          .ifPresent(
              side ->
                  side.scan(
                      from,
                      to,
                      work,
                      (values, rows) -> {
                        for (int r = 0; r < rows.rows(); r++) {
                          int at = (rows.position(r) - from) * dimension + target;
                          for (int j = 0; j < columns; j++) {
                            result[at + j] = (float) values[r * columns + j];
                          }
                        }
                      }));
      column += columns;
    }
  }

  private void writeGroup(
      int firstBlock, float[][] results, EmbeddingWriter out, PluginContext.Progress progress) {
    if (firstBlock < 0) {
      return;
    }
    int dimension = merge.dimension();
    int from = firstBlock * blockRows;
    int to = (int) Math.min(clients.size(), from + (long) results.length * blockRows);
    for (int position = from; position < to; position++) {
      int row = position - from;
      float[] block = results[row / blockRows];
      out.write(clients.id(position), block, row % blockRows * dimension);
    }
    progress.advance(Math.max(0, to - from));
  }
}
