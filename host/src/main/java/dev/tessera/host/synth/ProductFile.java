package dev.tessera.host.synth;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.FileFault;
import dev.tessera.api.PluginException;
import dev.tessera.host.parquet.ColumnValues;
import dev.tessera.host.parquet.ParquetColumnWriter;
import dev.tessera.host.parquet.ParquetRowGroupLimit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Writes the product table: all products that have properties, in random order. */
final class ProductFile {

  static final String NAME = "product_properties.parquet";

  private static final int BATCH_ROWS = 10_000;
  private static final long ORDER_SALT = 0x736b7573L;

  private final Catalogue catalogue;
  private final long seed;

  ProductFile(Catalogue catalogue, long seed) {
    this.catalogue = catalogue;
    this.seed = seed;
  }

  void write(Path folder) {
    int[] order = order();
    long[] skus = new long[BATCH_ROWS];
    long[] categories = new long[BATCH_ROWS];
    long[] prices = new long[BATCH_ROWS];
    CodeTexts names = new CodeTexts(catalogue, BATCH_ROWS);
    try (ParquetColumnWriter file =
        new ParquetColumnWriter(
            folder.resolve(NAME), ShopTables.products(), ParquetRowGroupLimit.DEFAULT, Map.of())) {
      for (int from = 0; from < order.length; from += BATCH_ROWS) {
        int rows = Math.min(BATCH_ROWS, order.length - from);
        names.clear();
        for (int i = 0; i < rows; i++) {
          int product = order[from + i];
          skus[i] = catalogue.sku(product);
          categories[i] = catalogue.categoryId(catalogue.categoryOf(product));
          prices[i] = catalogue.price(product);
          names.addName(product);
        }
        file.write(
            rows,
            List.of(
                new ColumnValues.Longs(skus),
                new ColumnValues.Longs(categories),
                new ColumnValues.Longs(prices),
                names.texts()));
      }
      file.commit();
    } catch (IOException e) {
      throw new PluginException(ErrorCode.IO, FileFault.reason(e), e);
    }
  }

  private int[] order() {
    int[] order = new int[catalogue.products()];
    int known = 0;
    ShopRandom random = new ShopRandom(ShopRandom.mix(seed ^ ORDER_SALT, 0));
    for (int product = 0; product < order.length; product++) {
      if (catalogue.isKnown(product)) {
        // Inside-out shuffle: the newcomer changes places with a random earlier one.
        int place = random.below(known + 1);
        order[known++] = order[place];
        order[place] = product;
      }
    }
    return Arrays.copyOf(order, known);
  }
}
