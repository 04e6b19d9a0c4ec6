package dev.tessera.plugin.lightfm;

import dev.tessera.api.Npy;
import dev.tessera.api.testkit.GoldenData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Pairs to learn from and pairs held out, and how LightFM measures a model on them: the pairs
 * learnt are left out of the ranking.
 *
 * @param training pairs of weight above 0
 * @param heldOutClients the clients of the pairs held out
 * @param heldOutSkus their skus
 */
record GoldenPairs(Pairs training, int[] heldOutClients, int[] heldOutSkus) {

  /** AUC and precision at 10, means over the pairs held out. */
  record Quality(double auc, double precision) {}

  static GoldenPairs read() {
    int[] clients = ints("train_user");
    int[] skus = ints("train_item");
    float[] weights = floats("train_weight");
    int[] order =
        IntStream.range(0, clients.length)
            .filter(pair -> weights[pair] > 0)
            .boxed()
            .sorted(
                Comparator.<Integer>comparingInt(pair -> clients[pair])
                    .thenComparingInt(pair -> skus[pair]))
            .mapToInt(pair -> pair)
            .toArray();
    int[] starts = new int[ids("user_ids").length + 1];
    float[] kept = new float[order.length];
    for (int i = 0; i < order.length; i++) {
      starts[clients[order[i]] + 1]++;
      kept[i] = weights[order[i]];
    }
    Arrays.parallelPrefix(starts, Integer::sum);
    int[] columns = Arrays.stream(order).map(pair -> skus[pair]).toArray();
    return new GoldenPairs(
        new Pairs(ids("item_ids").length, starts, columns, kept),
        ints("holdout_user"),
        ints("holdout_item"));
  }

  static int[] ints(String name) {
    return Npy.readInts(file(name));
  }

  static float[] floats(String name) {
    return Npy.readFloats(file(name));
  }

  static long[] ids(String name) {
    return Npy.readLongs(file(name));
  }

  /** Name codes, an array of bytes, which no plugin reads. */
  static byte[] skuCodes() {
    Path file = file("item_features");
    try {
      byte[] bytes = Files.readAllBytes(file);
      return Arrays.copyOfRange(bytes, (int) Npy.header(file).dataOffset(), bytes.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path file(String name) {
    return GoldenData.golden("lightfm").resolve(name + ".npy");
  }

  /** Mean search codes over 255; zeros without a search. */
  Features clientFeatures() {
    float[] values = floats("user_features");
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(0, values[i]) / 255;
    }
    return new Features(training.clients(), true, 16, values, 0, new int[0]);
  }

  /** Name codes over 255. */
  Features skuFeatures() {
    byte[] codes = skuCodes();
    float[] values = new float[codes.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (codes[i] & 0xff) / 255f;
    }
    return new Features(training.skuCount(), true, 16, values, 0, new int[0]);
  }

  /** How a model ranks the pairs held out. */
  Quality quality(Rows clients, Rows skus) {
    double auc = 0;
    double precision = 0;
    for (int h = 0; h < heldOutClients.length; h++) {
      int client = heldOutClients[h];
      float own = score(clients, client, skus, heldOutSkus[h]);
      int above = 0;
      int others = 0;
      for (int sku = 0; sku < skus.count(); sku++) {
        if (sku != heldOutSkus[h] && !training.contains(client, sku)) {
          others++;
          above += score(clients, client, skus, sku) >= own ? 1 : 0;
        }
      }
      auc += 1 - (double) above / others;
      precision += above < 10 ? 0.1 : 0;
    }
    return new Quality(auc / heldOutClients.length, precision / heldOutClients.length);
  }

  private static float score(Rows clients, int client, Rows skus, int sku) {
    float score = skus.bias()[sku];
    for (int k = 0; k < skus.components(); k++) {
      score +=
          clients.values()[client * clients.stride() + k] * skus.values()[sku * skus.stride() + k];
    }
    return score;
  }
}
