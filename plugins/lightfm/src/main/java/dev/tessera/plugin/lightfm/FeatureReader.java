package dev.tessera.plugin.lightfm;

import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.EventTable;
import dev.tessera.api.ProductTable;
import java.util.Arrays;
import org.apache.arrow.memory.ArrowBuf;

/** Reads from a log what is known of clients and skus. */
final class FeatureReader {

  private static final int CODES = ProductTable.TEXT_CODES;

  private final LightFmConfig config;
  private final FeatureShape shape;
  private final EventLog log;

  FeatureReader(LightFmConfig config, EventLog log) {
    this.config = config;
    this.shape = FeatureShape.of(config);
    this.log = log;
  }

  /**
   * The mean codes of each client's searches over the divisor; zeros without a search.
   *
   * @param clients dense indices in the log, or -1 for one who is not in it
   */
  Features clients(int[] clients, boolean identity) {
    double divisor = config.clientFeatures().searchCodes();
    int dense = shape.clientNumbers();
    int stride = Rows.stride(dense);
    float[] values = new float[clients.length * stride];
    EventTable searches = log.events(EventKind.SEARCH_QUERY);
    ArrowBuf codes = log.queries().getDataBuffer();
    long[] sums = new long[CODES];
    for (int i = 0; i < clients.length && dense > 0; i++) {
      int start = clients[i] < 0 ? 0 : searches.start(clients[i]);
      int end = clients[i] < 0 ? 0 : searches.end(clients[i]);
      if (start == end) {
        continue;
      }
      Arrays.fill(sums, 0);
      for (int row = start; row < end; row++) {
        long query = (long) searches.item(row) * CODES;
        for (int code = 0; code < CODES; code++) {
          sums[code] += codes.getByte(query + code) & 0xff;
        }
      }
      for (int code = 0; code < CODES; code++) {
        values[i * stride + code] = (float) ((double) sums[code] / (end - start) / divisor);
      }
    }
    return new Features(clients.length, identity, dense, values, 0, new int[0]);
  }

  /**
   * Name codes and price over their divisors, zero where unknown, and the category.
   *
   * @param skus sku codes of the log
   * @param categoryOf by category code of the log: the model's category, or -1; empty without
   * @param categories how many the model has
   */
  Features skus(int[] skus, boolean identity, int[] categoryOf, int categories) {
    LightFmConfig.SkuFeatures wanted = config.skuFeatures();
    int names = shape.skuNames();
    int dense = shape.skuNumbers();
    int stride = Rows.stride(dense);
    float[] values = new float[skus.length * stride];
    int[] category = new int[categories == 0 ? 0 : skus.length];
    ProductTable products = log.products();
    ArrowBuf codes = products.names().getDataBuffer();
    for (int i = 0; i < skus.length; i++) {
      int sku = skus[i];
      for (int code = 0; code < names; code++) {
        int value = codes.getByte((long) sku * CODES + code) & 0xff;
        values[i * stride + code] = (float) (value / wanted.nameCodes());
      }
      int price = products.price(sku);
      if (dense > names && price >= 0) {
        values[i * stride + names] = (float) (products.priceIds().get(price) / wanted.price());
      }
      if (categories > 0) {
        int code = products.category(sku);
        category[i] = code < 0 ? -1 : categoryOf[code];
      }
    }
    return new Features(skus.length, identity, dense, values, categories, category);
  }
}
