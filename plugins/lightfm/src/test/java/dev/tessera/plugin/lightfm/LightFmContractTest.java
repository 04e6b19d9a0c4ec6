package dev.tessera.plugin.lightfm;

import dev.tessera.api.ModelPluginFactory;
import dev.tessera.api.testkit.ModelPluginContractTest;
import dev.tessera.plugin.lightfm.LightFmConfig.Loss;
import org.junit.jupiter.api.Test;

class LightFmContractTest extends ModelPluginContractTest<LightFmConfig> {

  @Override
  protected ModelPluginFactory<LightFmConfig> factory() {
    return new LightFmPluginFactory();
  }

  @Override
  protected LightFmConfig config() {
    return LightFmConfigs.small(LightFmConfigs.SEARCHES, LightFmConfigs.ALL, Loss.WARP);
  }

  @Test
  void givesTheSameBytesForAnyNumberOfThreads() {
    assertSame(fitAndEmbed(2), fitAndEmbed(1));
    assertSame(fitAndEmbed(3), fitAndEmbed(1));
  }
}
