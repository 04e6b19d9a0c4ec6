package dev.tessera.host.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;

/** The product file in memory, names as texts; looked up by sku. About 100 bytes a product. */
public final class ProductRows {

  private static final int EXPECTED_NAME_BYTES = 66;

  private final long unknown;
  private final IdDictionary skus = new IdDictionary(0);
  private long[] categories = new long[0];
  private long[] prices = new long[0];
  private byte[] names = new byte[0];
  private int[] nameOffsets = new int[1];

  private ProductRows(long unknown) {
    this.unknown = unknown;
  }

  /**
   * Reads the file; a missing one has no products.
   *
   * @param unknown the category and price of products without
   * @throws dev.tessera.api.PluginException if the file is broken or a column missing
   */
  public static ProductRows read(Path file, long unknown, BufferAllocator allocator) {
    ProductRows products = new ProductRows(unknown);
    if (Files.exists(file)) {
      products.read(ParquetTable.open(file, allocator));
    }
    return products;
  }

  /** The row of a sku, or -1. */
  public int find(long sku) {
    return skus.find(sku);
  }

  /** The category of a row; unknown for row -1. */
  public long category(int row) {
    return row < 0 ? unknown : categories[row];
  }

  /** The price bucket of a row; unknown for row -1. */
  public long price(int row) {
    return row < 0 ? unknown : prices[row];
  }

  /** The bytes of a row's name; none for row -1. */
  public int nameBytes(int row) {
    return row < 0 ? 0 : nameOffsets[row + 1] - nameOffsets[row];
  }

  /** Copies a row's name; none for row -1. */
  public void copyName(int row, byte[] into, int at) {
    if (row >= 0) {
      System.arraycopy(names, nameOffsets[row], into, at, nameBytes(row));
    }
  }

  private void read(ParquetTable table) {
    int rows = Math.toIntExact(table.rows());
    categories = new long[rows];
    prices = new long[rows];
    nameOffsets = new int[rows + 1];
    names = new byte[Math.max(1, rows) * EXPECTED_NAME_BYTES];
    LongDecoder skuDecoder = LongDecoder.ofIds(table, "sku");
    LongDecoder categoryDecoder = LongDecoder.ofIds(table, "category");
    LongDecoder priceDecoder = LongDecoder.ofIds(table, "price");
    table.require("name", TextBatch::isText, "text");
    long[][] values = new long[3][ParquetTable.BATCH_ROWS];
    TextBatch texts = new TextBatch();
    table.scan(
        List.of("sku", "category", "price", "name"),
        (columns, firstRow) -> {
          skuDecoder.decode(columns.get(0), firstRow, values[0]);
          categoryDecoder.decode(columns.get(1), firstRow, values[1]);
          priceDecoder.decode(columns.get(2), firstRow, values[2]);
          texts.load(columns.get(3));
          for (int i = 0; i < texts.rows(); i++) {
            if (!columns.get(0).isNull(i)) {
              add(table, columns, values, texts, i);
            }
          }
        });
  }

  private void add(
      ParquetTable table, List<FieldVector> columns, long[][] values, TextBatch texts, int i) {
    int row = skus.size();
    if (skus.add(values[0][i]) != row) {
      throw DataFault.invalid(
          table.file(), "wanted each sku once, found " + values[0][i] + " twice");
    }
    categories[row] = columns.get(1).isNull(i) ? unknown : values[1][i];
    prices[row] = columns.get(2).isNull(i) ? unknown : values[2][i];
    int length = texts.isNull(i) ? 0 : texts.end(i) - texts.start(i);
    int at = nameOffsets[row];
    if (names.length < at + length) {
      names = Arrays.copyOf(names, Math.max(2 * names.length, at + length));
    }
    System.arraycopy(texts.utf8(), texts.start(i), names, at, length);
    nameOffsets[row + 1] = at + length;
  }
}
