package dev.tessera.host.parquet;

/**
 * Ends a row group at whichever comes first; both are checked every thousand rows.
 *
 * @param rows rows of a row group, at least 1
 * @param bytes bytes buffered for a row group (finished pages compressed), at least 1
 */
public record ParquetRowGroupLimit(int rows, long bytes) {

  /** 128 MiB or a million rows: what readers that prefetch row groups hold in little memory. */
  public static final ParquetRowGroupLimit DEFAULT =
      new ParquetRowGroupLimit(1_000_000, 128L << 20);

  public ParquetRowGroupLimit {
    if (rows < 1 || bytes < 1) {
      throw new IllegalArgumentException(
          "row group limits must be at least 1, were %d rows and %d bytes".formatted(rows, bytes));
    }
  }
}
