package dev.tessera.host.data;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EventKind;
import dev.tessera.api.ProductTable;
import dev.tessera.host.arrow.ArrowColumnFile;
import dev.tessera.host.arrow.ArrowColumnFile.Column;
import dev.tessera.host.arrow.NativeBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;

/** Writes the files of a store that are not event tables; see {@link StoreFiles}. */
final class StoreWriter {

  private static final int TEXT_BYTES = ProductTable.TEXT_CODES;
  private static final int NONE = -1;

  private final Path folder;
  private final BufferAllocator allocator;

  StoreWriter(Path folder, BufferAllocator allocator) {
    this.folder = folder;
    this.allocator = allocator;
  }

  /** Client ids, and which are relevant. */
  void writeClients(long[] ids, ClientSelection relevant) throws IOException {
    byte[] flags = new byte[ids.length];
    for (int i = 0; i < ids.length; i++) {
      flags[i] = (byte) (relevant.indexOf(ids[i]) >= 0 ? 1 : 0);
    }
    try (ArrowBuf idBuffer = NativeBuffer.of(allocator, ids);
        ArrowBuf flagBuffer = NativeBuffer.of(allocator, flags)) {
      write(
          StoreFiles.CLIENTS,
          ids.length,
          List.of(Column.int64("client_id", idBuffer), Column.int8("relevant", flagBuffer)));
    }
  }

  /** The offsets of all tables, by the ordinal of their kind. */
  void writeOffsets(int[][] offsets) throws IOException {
    List<Column> columns = new ArrayList<>();
    try {
      for (EventKind kind : EventKind.values()) {
        ArrowBuf buffer = NativeBuffer.of(allocator, offsets[kind.ordinal()]);
        columns.add(Column.int32(kind.tableName(), buffer));
      }
      write(StoreFiles.OFFSETS, offsets[0].length, columns);
    } finally {
      columns.forEach(column -> column.values().close());
    }
  }

  /** A list of original ids. */
  void writeIds(String file, String column, long[] ids) throws IOException {
    try (ArrowBuf buffer = NativeBuffer.of(allocator, ids)) {
      write(file, ids.length, List.of(Column.int64(column, buffer)));
    }
  }

  /** The queries in the given order of their codes. */
  void writeQueries(TextDictionary queries, int[] order) throws IOException {
    try (ArrowBuf buffer = NativeBuffer.allocate(allocator, (long) TEXT_BYTES * order.length)) {
      for (int i = 0; i < order.length; i++) {
        setText(buffer, i, queries.high(order[i]), queries.low(order[i]));
      }
      write(StoreFiles.QUERIES, order.length, List.of(Column.bytes("query", TEXT_BYTES, buffer)));
    }
  }

  /** Products by dense sku code, and the ids of categories and prices. */
  void writeProducts(long[] skus, ProductColumns products) throws IOException {
    long[] categoryIds = products.categories().sorted();
    long[] priceIds = products.prices().sorted();
    writeIds(StoreFiles.CATEGORIES, "category", categoryIds);
    writeIds(StoreFiles.PRICES, "price", priceIds);
    int[] categoryOfCode = products.categories().positionsIn(categoryIds);
    int[] priceOfCode = products.prices().positionsIn(priceIds);
    byte[] known = new byte[skus.length];
    int[] categories = new int[skus.length];
    int[] prices = new int[skus.length];
    Arrays.fill(categories, NONE);
    Arrays.fill(prices, NONE);
    try (ArrowBuf names = NativeBuffer.allocate(allocator, (long) TEXT_BYTES * skus.length)) {
      for (int sku = 0; sku < skus.length; sku++) {
        int code = products.skus().find(skus[sku]);
        known[sku] = (byte) (code < 0 ? 0 : 1);
        if (code < 0) {
          setText(names, sku, 0, 0);
          continue;
        }
        int category = products.category(code);
        int price = products.price(code);
        categories[sku] = category < 0 ? NONE : categoryOfCode[category];
        prices[sku] = price < 0 ? NONE : priceOfCode[price];
        setText(names, sku, products.nameHigh(code), products.nameLow(code));
      }
      writeProductColumns(skus, known, categories, prices, names);
    }
  }

  private void writeProductColumns(
      long[] skus, byte[] known, int[] categories, int[] prices, ArrowBuf names)
      throws IOException {
    try (ArrowBuf skuBuffer = NativeBuffer.of(allocator, skus);
        ArrowBuf knownBuffer = NativeBuffer.of(allocator, known);
        ArrowBuf categoryBuffer = NativeBuffer.of(allocator, categories);
        ArrowBuf priceBuffer = NativeBuffer.of(allocator, prices)) {
      write(
          StoreFiles.PRODUCTS,
          skus.length,
          List.of(
              Column.int64("sku", skuBuffer),
              Column.int8("known", knownBuffer),
              Column.int32("category", categoryBuffer),
              Column.int32("price", priceBuffer),
              Column.bytes("name", TEXT_BYTES, names)));
    }
  }

  private static void setText(ArrowBuf buffer, int row, long high, long low) {
    ByteBuffer text = ByteBuffer.allocate(TEXT_BYTES).putLong(high).putLong(low);
    buffer.setBytes((long) TEXT_BYTES * row, text.array());
  }

  private void write(String file, int rows, List<Column> columns) throws IOException {
    ArrowColumnFile.write(folder.resolve(file), rows, columns, allocator);
  }
}
