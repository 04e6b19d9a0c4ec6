package dev.tessera.host.split;

import dev.tessera.api.EventKind;
import dev.tessera.host.parquet.ParquetColumn;
import java.util.List;

/** The columns of event and target files, named and typed as the challenge's. */
public final class SplitTables {

  /** Names of the target files by part. */
  public static final String TRAIN_TARGET = "train_target.parquet";

  /** The file of the second window. */
  public static final String VALIDATION_TARGET = "validation_target.parquet";

  private SplitTables() {}

  /** Columns of an event table. */
  public static List<ParquetColumn> events(EventKind kind) {
    return List.of(
        new ParquetColumn.Int64("client_id"),
        new ParquetColumn.TimestampMicros("timestamp"),
        switch (kind.itemKind()) {
          case SKU -> new ParquetColumn.Int64("sku");
          case URL -> new ParquetColumn.Int64("url");
          case QUERY -> new ParquetColumn.Utf8("query");
        });
  }

  /**
   * Purchases joined with the properties of their product: -1 and an empty name where it has none.
   */
  public static List<ParquetColumn> targets() {
    return List.of(
        new ParquetColumn.Int64("client_id"),
        new ParquetColumn.TimestampMicros("timestamp"),
        new ParquetColumn.Int64("sku"),
        new ParquetColumn.Int64("category"),
        new ParquetColumn.Int64("price"),
        new ParquetColumn.Utf8("name"));
  }
}
