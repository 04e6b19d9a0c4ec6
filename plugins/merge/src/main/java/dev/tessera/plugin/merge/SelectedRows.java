package dev.tessera.plugin.merge;

import dev.tessera.api.ClientSelection;

/** The transformed rows of an input that belong to selected clients: one side of the outer join. */
final class SelectedRows implements RowScan {

  private final InputRows rows;
  private final boolean dropZeroRows;
  private final Pipeline pipeline;
  private final ClientSelection clients;

  SelectedRows(InputRows rows, boolean dropZeroRows, Pipeline pipeline, ClientSelection clients) {
    this.rows = rows;
    this.dropZeroRows = dropZeroRows;
    this.pipeline = pipeline;
    this.clients = clients;
  }

  @Override
  public int columns() {
    return pipeline.columns();
  }

  @Override
  public int chunks() {
    return RowScan.chunksOf(clients.size());
  }

  @Override
  public void scan(int chunk, RowConsumer consumer) {
    scan(
        RowScan.chunkStart(clients.size(), chunk),
        RowScan.chunkStart(clients.size(), chunk + 1),
        new RowBlock(rows.dimension()),
        (values, block) -> consumer.accept(values, block.rows()));
  }

  /** Takes blocks of rows whose marks are positions in the selection. */
  interface JoinedConsumer {
    /** Takes [rows · K] values, lent for the call. */
    void accept(double[] values, RowBlock block);
  }

  /**
   * Gives the consumer the rows of the clients at positions {@code from … to-1} that the input has.
   *
   * @param block memory to work in
   */
  void scan(int from, int to, RowBlock block, JoinedConsumer consumer) {
    if (from == to) {
      return;
    }
    InputRows.Cursor cursor = rows.cursor();
    int row = rows.firstRowFrom(clients.id(from));
    block.clear();
    for (int position = from; position < to && row < rows.rows(); position++) {
      long wanted = clients.id(position);
      while (row < rows.rows() && cursor.id(row) < wanted) {
        row++;
      }
      if (row < rows.rows() && cursor.id(row) == wanted && !(dropZeroRows && cursor.zero(row))) {
        block.add(row, position);
        if (block.full()) {
          flush(block, consumer);
        }
      }
    }
    flush(block, consumer);
  }

  private void flush(RowBlock block, JoinedConsumer consumer) {
    if (block.rows() > 0) {
      block.load(rows);
      consumer.accept(pipeline.apply(block), block);
      block.clear();
    }
  }
}
