package dev.tessera.plugin.gruae;

import dev.tessera.api.ModelPluginFactory;
import dev.tessera.api.testkit.ModelPluginContractTest;

class GruAeContractTest extends ModelPluginContractTest<GruAeConfig> {

  @Override
  protected ModelPluginFactory<GruAeConfig> factory() {
    return new GruAePluginFactory();
  }

  @Override
  protected GruAeConfig config() {
    return new GruAeConfigs()
        .columns(TokenColumn.WEEK, TokenColumn.EVENT_TYPE, TokenColumn.SKU, TokenColumn.URL)
        .combine(Combine.SUM)
        .dropout(0.3)
        .batches(16, 512)
        .build();
  }
}
