package dev.tessera.host.data;

import dev.tessera.api.ProductTable;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The product file as arrays in the file's order; all empty if there is no file. */
final class ProductColumns {

  private static final int NONE = -1;

  private final Optional<ParquetTable> table;
  private final Map<String, Long> nulls = new LinkedHashMap<>();
  private final IdDictionary skus;
  private final IdDictionary categories;
  private final IdDictionary prices;
  private int[] rowOfSku = new int[0];
  private int[] categoryCodes = new int[0];
  private int[] priceCodes = new int[0];
  private long[] nameHighs = new long[0];
  private long[] nameLows = new long[0];

  private ProductColumns(Optional<ParquetTable> table) {
    this.table = table;
    long rows = table.map(ParquetTable::rows).orElse(0L);
    this.skus = new IdDictionary(rows);
    this.categories = new IdDictionary(rows);
    this.prices = new IdDictionary(rows);
  }

  /**
   * Reads the file.
   *
   * @throws dev.tessera.api.PluginException if a column is missing or of the wrong type, a sku
   *     occurs twice, or a name is not 16 numbers
   */
  static ProductColumns read(Optional<ParquetTable> table, Workers workers) {
    ProductColumns products = new ProductColumns(table);
    table.ifPresent(source -> products.readColumns(source, workers));
    return products;
  }

  boolean present() {
    return table.isPresent();
  }

  long fileRows() {
    return table.map(ParquetTable::rows).orElse(0L);
  }

  /** Null values by column; a row without a sku is dropped. */
  Map<String, Long> nulls() {
    return nulls;
  }

  IdDictionary skus() {
    return skus;
  }

  IdDictionary categories() {
    return categories;
  }

  IdDictionary prices() {
    return prices;
  }

  /** The category's code (in the order of appearance) of a sku's code, or -1. */
  int category(int sku) {
    return categoryCodes[rowOfSku[sku]];
  }

  /** The price's code (in the order of appearance) of a sku's code, or -1. */
  int price(int sku) {
    return priceCodes[rowOfSku[sku]];
  }

  /** The name's first eight bytes, the first one highest. */
  long nameHigh(int sku) {
    return nameHighs[rowOfSku[sku]];
  }

  /** The name's last eight bytes. */
  long nameLow(int sku) {
    return nameLows[rowOfSku[sku]];
  }

  private void readColumns(ParquetTable source, Workers workers) {
    int rows = Math.toIntExact(source.rows());
    LongDecoder.ofIds(source, "category");
    LongDecoder.ofIds(source, "price");
    source.require("name", TextBatch::isText, "text");
    rowOfSku = new int[rows];
    BitSet dropped = new BitSet();
    readIds(source, "sku", workers, (row, sku) -> addSku(source, row, sku), dropped::set);
    categoryCodes = new int[rows];
    priceCodes = new int[rows];
    Arrays.fill(categoryCodes, NONE);
    Arrays.fill(priceCodes, NONE);
    readIds(
        source,
        "category",
        workers,
        (row, id) -> categoryCodes[row] = dropped.get(row) ? NONE : categories.add(id),
        row -> {});
    readIds(
        source,
        "price",
        workers,
        (row, id) -> priceCodes[row] = dropped.get(row) ? NONE : prices.add(id),
        row -> {});
    readNames(source, rows, workers);
  }

  private void addSku(ParquetTable source, int row, long sku) {
    int before = skus.size();
    int code = skus.add(sku);
    if (code < before) {
      throw DataFault.invalid(
          source.file(),
          "wanted each sku once, found %d in row %d and in row %d (from 0)"
              .formatted(sku, rowOfSku[code], row));
    }
    rowOfSku[code] = row;
  }

  private interface IdConsumer {
    void accept(int row, long id);
  }

  private interface NullConsumer {
    void accept(int row);
  }

  private void readIds(
      ParquetTable source,
      String column,
      Workers workers,
      IdConsumer consumer,
      NullConsumer nullConsumer) {
    LongDecoder decoder = LongDecoder.ofIds(source, column);
    long[] ids = new long[ParquetTable.BATCH_ROWS];
    nulls.put(column, 0L);
    source.scan(
        column,
        (vector, firstRow) -> {
          workers.check();
          decoder.decode(vector, firstRow, ids);
          for (int i = 0; i < vector.getValueCount(); i++) {
            int row = (int) firstRow + i;
            if (vector.isNull(i)) {
              nulls.merge(column, 1L, Long::sum);
              nullConsumer.accept(row);
            } else {
              consumer.accept(row, ids[i]);
            }
          }
        });
  }

  private void readNames(ParquetTable source, int rows, Workers workers) {
    nameHighs = new long[rows];
    nameLows = new long[rows];
    TextBatch texts = new TextBatch();
    CodeText parser = new CodeText();
    nulls.put("name", 0L);
    source.scan(
        "name",
        (vector, firstRow) -> {
          workers.check();
          texts.load(vector);
          for (int i = 0; i < texts.rows(); i++) {
            if (texts.isNull(i)) {
              nulls.merge("name", 1L, Long::sum);
            } else {
              readName(source, texts, i, (int) firstRow + i, parser);
            }
          }
        });
  }

  private void readName(ParquetTable source, TextBatch texts, int index, int row, CodeText parser) {
    if (!parser.parse(texts.utf8(), texts.start(index), texts.end(index))) {
      throw DataFault.invalidValue(
          source.file(),
          "name",
          row,
          "wanted %d numbers 0..255 like '[ 12   3 255 …]', %s in '%s'"
              .formatted(ProductTable.TEXT_CODES, parser.problem(), texts.excerpt(index)));
    }
    nameHighs[row] = parser.high();
    nameLows[row] = parser.low();
  }
}
