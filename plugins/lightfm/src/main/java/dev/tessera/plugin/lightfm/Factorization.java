package dev.tessera.plugin.lightfm;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.Npy;
import dev.tessera.api.NpyWriter;
import dev.tessera.api.PluginException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a fitted model is: vectors by original ids, features summed up, and the shared vectors for
 * those who come later.
 *
 * @param clientIds [N] strictly ascending; empty without client identity
 * @param clients [N, K]
 * @param clientFeatures [F, K]
 * @param skuIds [M] strictly ascending
 * @param skus [M, K] and biases
 * @param skuFeatures [F + categories, K] and biases
 * @param categoryIds strictly ascending; empty if categories are no feature
 */
record Factorization(
    long[] clientIds,
    Rows clients,
    Rows clientFeatures,
    long[] skuIds,
    Rows skus,
    Rows skuFeatures,
    long[] categoryIds) {

  private static final String CLIENTS = "clients";
  private static final String CLIENT_FEATURES = "client_features";
  private static final String SKUS = "skus";
  private static final String SKU_FEATURES = "sku_features";
  private static final String CLIENT_IDS = "client_ids.npy";
  private static final String SKU_IDS = "sku_ids.npy";
  private static final String CATEGORY_IDS = "category_ids.npy";

  /** Of nobody and nothing. */
  static Factorization empty(int components) {
    Rows none = Rows.zeros(0, components);
    long[] ids = new long[0];
    return new Factorization(ids, none, none, ids, none, none, ids);
  }

  /** Writes seven tables of numbers into a folder. */
  void save(Path folder) {
    Npy.write(folder.resolve(CLIENT_IDS), clientIds, clientIds.length);
    Npy.write(folder.resolve(SKU_IDS), skuIds, skuIds.length);
    Npy.write(folder.resolve(CATEGORY_IDS), categoryIds, categoryIds.length);
    save(folder, CLIENTS, clients);
    save(folder, CLIENT_FEATURES, clientFeatures);
    save(folder, SKUS, skus);
    save(folder, SKU_FEATURES, skuFeatures);
  }

  private static void save(Path folder, String name, Rows rows) {
    try (NpyWriter out =
        new NpyWriter(vectors(folder, name), "<f4", rows.count(), rows.components())) {
      float[] vector = new float[rows.components()];
      for (int row = 0; row < rows.count(); row++) {
        rows.copyRow(row, vector, 0);
        out.write(vector, vector.length);
      }
      out.finish();
    }
    Npy.write(biases(folder, name), rows.bias(), rows.count());
  }

  /**
   * Reads what {@link #save} wrote.
   *
   * @throws PluginException with {@link ErrorCode#INCOMPATIBLE_MODEL} if a file is missing or of
   *     another shape
   */
  static Factorization open(LightFmConfig config, Path folder) {
    long[] clientIds = ids(folder, CLIENT_IDS);
    long[] skuIds = ids(folder, SKU_IDS);
    long[] categoryIds = ids(folder, CATEGORY_IDS);
    int components = config.components();
    FeatureShape shape = FeatureShape.of(config);
    return new Factorization(
        clientIds,
        rows(folder, CLIENTS, clientIds.length, components),
        rows(folder, CLIENT_FEATURES, shape.clientNumbers(), components),
        skuIds,
        rows(folder, SKUS, skuIds.length, components),
        rows(folder, SKU_FEATURES, shape.skuNumbers() + categoryIds.length, components),
        categoryIds);
  }

  private static long[] ids(Path folder, String name) {
    long[] ids = Npy.readLongs(existing(folder, folder.resolve(name)));
    for (int i = 1; i < ids.length; i++) {
      if (ids[i - 1] >= ids[i]) {
        throw incompatible(folder, name + ": wanted ascending ids, found " + ids[i]);
      }
    }
    return ids;
  }

  private static Rows rows(Path folder, String name, int count, int components) {
    Path vectors = existing(folder, vectors(folder, name));
    requireShape(folder, vectors, "<f4 [%d, %d]".formatted(count, components));
    Path biases = existing(folder, biases(folder, name));
    requireShape(folder, biases, "<f4 [%d]".formatted(count));
    return Rows.of(Npy.readFloats(vectors), Npy.readFloats(biases), components);
  }

  private static void requireShape(Path folder, Path file, String wanted) {
    String found = Npy.header(file).toString();
    if (!found.equals(wanted)) {
      throw incompatible(
          folder, "%s: wanted %s, found %s".formatted(file.getFileName(), wanted, found));
    }
  }

  private static Path existing(Path folder, Path file) {
    if (!Files.isRegularFile(file)) {
      throw incompatible(
          folder, "wanted " + file.getFileName() + ", found no such file; fit the step again");
    }
    return file;
  }

  private static Path vectors(Path folder, String name) {
    return folder.resolve(name + ".npy");
  }

  private static Path biases(Path folder, String name) {
    return folder.resolve(name + "_bias.npy");
  }

  private static PluginException incompatible(Path folder, String what) {
    return new PluginException(
        ErrorCode.INCOMPATIBLE_MODEL, folder + " holds no lightfm model of this step: " + what);
  }
}
