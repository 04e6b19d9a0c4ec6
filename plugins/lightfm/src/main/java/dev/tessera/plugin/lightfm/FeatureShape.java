package dev.tessera.plugin.lightfm;

import dev.tessera.api.ProductTable;

/**
 * How many numbers the configuration wants to know of a client and of a sku.
 *
 * @param clientNumbers search codes
 * @param skuNames name codes
 * @param skuNumbers name codes, and the price after them
 */
record FeatureShape(int clientNumbers, int skuNames, int skuNumbers) {

  static FeatureShape of(LightFmConfig config) {
    LightFmConfig.SkuFeatures skus = config.skuFeatures();
    int clients = config.clientFeatures().searchCodes() == 0 ? 0 : ProductTable.TEXT_CODES;
    int names = skus.nameCodes() == 0 ? 0 : ProductTable.TEXT_CODES;
    return new FeatureShape(clients, names, skus.price() == 0 ? names : names + 1);
  }
}
