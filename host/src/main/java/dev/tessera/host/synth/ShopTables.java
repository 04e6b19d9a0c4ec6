package dev.tessera.host.synth;

import dev.tessera.host.parquet.ColumnValues;
import dev.tessera.host.parquet.ParquetColumn;
import java.util.List;

/** The columns of the product file, and rows ready for a file. */
final class ShopTables {

  private ShopTables() {}

  static List<ParquetColumn> products() {
    return List.of(
        new ParquetColumn.Int64("sku"),
        new ParquetColumn.Int64("category"),
        new ParquetColumn.Int64("price"),
        new ParquetColumn.Utf8("name"));
  }

  /** Rows ready to be written; nobody changes the arrays any more. */
  record Rows(int count, List<ColumnValues> columns) {}
}
