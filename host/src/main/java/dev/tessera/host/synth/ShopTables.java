package dev.tessera.host.synth;

import dev.tessera.api.EventKind;
import dev.tessera.host.parquet.ColumnValues;
import dev.tessera.host.parquet.ParquetColumn;
import java.util.List;

/** The columns of every file, named and typed as the challenge's. */
final class ShopTables {

  private ShopTables() {}

  static List<ParquetColumn> events(EventKind kind) {
    return List.of(
        new ParquetColumn.Int64("client_id"),
        new ParquetColumn.TimestampMicros("timestamp"),
        switch (kind.itemKind()) {
          case SKU -> new ParquetColumn.Int64("sku");
          case URL -> new ParquetColumn.Int64("url");
          case QUERY -> new ParquetColumn.Utf8("query");
        });
  }

  static List<ParquetColumn> products() {
    return List.of(
        new ParquetColumn.Int64("sku"),
        new ParquetColumn.Int64("category"),
        new ParquetColumn.Int64("price"),
        new ParquetColumn.Utf8("name"));
  }

  /** Purchases joined with the properties of their product. */
  static List<ParquetColumn> targets() {
    return List.of(
        new ParquetColumn.Int64("client_id"),
        new ParquetColumn.TimestampMicros("timestamp"),
        new ParquetColumn.Int64("sku"),
        new ParquetColumn.Int64("category"),
        new ParquetColumn.Int64("price"),
        new ParquetColumn.Utf8("name"));
  }

  /** Rows ready to be written; nobody changes the arrays any more. */
  record Rows(int count, List<ColumnValues> columns) {}
}
