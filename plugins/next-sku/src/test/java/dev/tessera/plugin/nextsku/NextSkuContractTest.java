package dev.tessera.plugin.nextsku;

import dev.tessera.api.ModelPluginFactory;
import dev.tessera.api.testkit.TrainedModelContractTest;

class NextSkuContractTest extends TrainedModelContractTest<NextSkuConfig> {

  @Override
  protected ModelPluginFactory<NextSkuConfig> factory() {
    return new NextSkuPluginFactory();
  }

  @Override
  protected NextSkuConfig config(int epochs, double learningRate, int batchSequences) {
    return new NextSkuConfigs().training(epochs, learningRate, batchSequences).build();
  }
}
