package dev.tessera.plugin.nexturl;

import dev.tessera.api.ModelPluginFactory;
import dev.tessera.api.testkit.TrainedModelContractTest;

class NextUrlContractTest extends TrainedModelContractTest<NextUrlConfig> {

  @Override
  protected ModelPluginFactory<NextUrlConfig> factory() {
    return new NextUrlPluginFactory();
  }

  @Override
  protected NextUrlConfig config(int epochs, double learningRate, int batchSequences) {
    return new NextUrlConfigs().training(epochs, learningRate, batchSequences).build();
  }
}
