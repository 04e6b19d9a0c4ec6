package dev.tessera.host.split;

import dev.tessera.host.data.EventRows;
import dev.tessera.host.data.ProductRows;
import dev.tessera.host.parquet.ColumnValues;
import dev.tessera.host.parquet.ParquetColumnWriter;
import dev.tessera.host.parquet.ParquetRowGroupLimit;
import dev.tessera.host.split.ChallengeSplit.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Writes one window's purchases, joined with the properties of their product. A left join: the
 * organisers' inner join would let who bought only unknown products look as if they had left.
 */
final class TargetRows implements AutoCloseable {

  private final Part part;
  private final ProductRows products;
  private final ParquetColumnWriter file;
  private long unknownProducts;

  TargetRows(Path path, Part part, ProductRows products) throws IOException {
    this.part = part;
    this.products = products;
    this.file =
        new ParquetColumnWriter(
            path, SplitTables.targets(), ParquetRowGroupLimit.DEFAULT, Map.of());
  }

  /** Adds the purchases of a batch that belong to the window. */
  void add(EventRows batch, ChallengeSplit split) throws IOException {
    int[] rows = new int[batch.rows()];
    int[] products = new int[batch.rows()];
    int count = 0;
    int nameBytes = 0;
    for (int row = 0; row < batch.rows(); row++) {
      if (split.part(batch.micros(row)) == part) {
        rows[count] = row;
        products[count] = this.products.find(batch.item(row));
        nameBytes += this.products.nameBytes(products[count]);
        count++;
      }
    }
    if (count > 0) {
      write(batch, Arrays.copyOf(rows, count), products, nameBytes);
    }
  }

  private void write(EventRows batch, int[] rows, int[] productOf, int nameBytes)
      throws IOException {
    long[][] values = new long[5][rows.length];
    byte[] names = new byte[nameBytes];
    int[] offsets = new int[rows.length + 1];
    for (int i = 0; i < rows.length; i++) {
      int product = productOf[i];
      unknownProducts += product < 0 ? 1 : 0;
      values[0][i] = batch.client(rows[i]);
      values[1][i] = batch.micros(rows[i]);
      values[2][i] = batch.item(rows[i]);
      values[3][i] = products.category(product);
      values[4][i] = products.price(product);
      products.copyName(product, names, offsets[i]);
      offsets[i + 1] = offsets[i] + products.nameBytes(product);
    }
    file.write(
        rows.length,
        List.of(
            new ColumnValues.Longs(values[0]),
            new ColumnValues.Longs(values[1]),
            new ColumnValues.Longs(values[2]),
            new ColumnValues.Longs(values[3]),
            new ColumnValues.Longs(values[4]),
            new ColumnValues.Texts(names, offsets)));
  }

  /** Purchases of products without properties so far. */
  long unknownProducts() {
    return unknownProducts;
  }

  void commit() throws IOException {
    file.commit();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
