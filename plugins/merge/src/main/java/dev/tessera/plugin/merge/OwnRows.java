package dev.tessera.plugin.merge;

/** All rows of an input that count, as a pipeline leaves them: what transforms are fitted on. */
final class OwnRows implements RowScan {

  private final InputRows rows;
  private final boolean dropZeroRows;
  private final Pipeline pipeline;

  OwnRows(InputRows rows, boolean dropZeroRows, Pipeline pipeline) {
    this.rows = rows;
    this.dropZeroRows = dropZeroRows;
    this.pipeline = pipeline;
  }

  @Override
  public int columns() {
    return pipeline.columns();
  }

  @Override
  public int chunks() {
    return RowScan.chunksOf(rows.rows());
  }

  @Override
  public void scan(int chunk, RowConsumer consumer) {
    RowBlock block = new RowBlock(rows.dimension());
    InputRows.Cursor cursor = rows.cursor();
    int end = RowScan.chunkStart(rows.rows(), chunk + 1);
    for (int row = RowScan.chunkStart(rows.rows(), chunk); row < end; row++) {
      if (dropZeroRows && cursor.zero(row)) {
        continue;
      }
      block.add(row, 0);
      if (block.full()) {
        flush(block, consumer);
      }
    }
    flush(block, consumer);
  }

  private void flush(RowBlock block, RowConsumer consumer) {
    if (block.rows() > 0) {
      block.load(rows);
      consumer.accept(pipeline.apply(block), block.rows());
      block.clear();
    }
  }
}
