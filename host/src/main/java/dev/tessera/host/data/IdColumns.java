package dev.tessera.host.data;

import java.nio.file.Path;
import org.apache.arrow.memory.BufferAllocator;

/** Whole integer columns of a Parquet file in memory, 8 bytes a value. */
public final class IdColumns {

  private IdColumns() {}

  /**
   * Reads some columns, in the order of the file's rows.
   *
   * @param absent what a null becomes
   * @return one array a name
   * @throws dev.tessera.api.PluginException if the file is broken, or a column is missing or holds
   *     no integers
   */
  public static long[][] read(Path file, long absent, BufferAllocator allocator, String... names) {
    ParquetTable table = ParquetTable.open(file, allocator);
    int rows = Math.toIntExact(table.rows());
    long[][] columns = new long[names.length][];
    long[] batch = new long[ParquetTable.BATCH_ROWS];
    for (int c = 0; c < names.length; c++) {
      long[] values = new long[rows];
      LongDecoder decoder = LongDecoder.ofIds(table, names[c]);
      table.scan(
          names[c],
          (vector, firstRow) -> {
            decoder.decode(vector, firstRow, batch);
            int count = vector.getValueCount();
            System.arraycopy(batch, 0, values, (int) firstRow, count);
            for (int i = 0; vector.getNullCount() > 0 && i < count; i++) {
              if (vector.isNull(i)) {
                values[(int) firstRow + i] = absent;
              }
            }
          });
      columns[c] = values;
    }
    return columns;
  }
}
