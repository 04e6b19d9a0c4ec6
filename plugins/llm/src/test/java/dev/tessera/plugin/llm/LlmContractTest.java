package dev.tessera.plugin.llm;

import dev.tessera.api.ModelPluginFactory;
import dev.tessera.api.testkit.ModelPluginContractTest;
import org.junit.jupiter.api.Test;

class LlmContractTest extends ModelPluginContractTest<LlmConfig> {

  @Override
  protected ModelPluginFactory<LlmConfig> factory() {
    return new LlmPluginFactory();
  }

  @Override
  protected LlmConfig config() {
    return new LlmConfigs().lines(3).maxTokens(32, Truncation.RIGHT).batches(64, 0, 10).build();
  }

  @Test
  void givesTheSameBytesForAnyNumberOfThreads() {
    assertSame(fitAndEmbed(3), fitAndEmbed(1));
  }
}
