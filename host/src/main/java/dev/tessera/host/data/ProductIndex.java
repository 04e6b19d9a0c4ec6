package dev.tessera.host.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;

/**
 * The properties of all products in memory, found by sku: about 50 bytes a product. Safe to read
 * from any thread.
 */
public final class ProductIndex {

  private final ProductColumns columns;

  private ProductIndex(ProductColumns columns) {
    this.columns = columns;
  }

  /**
   * Reads a product file; a missing one has no products.
   *
   * @throws dev.tessera.api.PluginException if the file is broken, a column is missing or of the
   *     wrong type, or a sku occurs twice
   */
  public static ProductIndex read(Path file, BufferAllocator allocator) {
    try (Workers workers = new Workers(1, () -> false)) {
      Optional<ParquetTable> table =
          Files.exists(file) ? Optional.of(ParquetTable.open(file, allocator)) : Optional.empty();
      return new ProductIndex(ProductColumns.read(table, workers));
    }
  }

  /** The number of products. */
  public int size() {
    return columns.skus().size();
  }

  ProductColumns columns() {
    return columns;
  }
}
