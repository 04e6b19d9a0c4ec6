package dev.tessera.plugin.als;

import dev.tessera.api.ModelPluginFactory;
import dev.tessera.api.testkit.ModelPluginContractTest;
import dev.tessera.plugin.als.AlsConfig.Solver;
import org.junit.jupiter.api.Test;

class AlsContractTest extends ModelPluginContractTest<AlsConfig> {

  @Override
  protected ModelPluginFactory<AlsConfig> factory() {
    return new AlsPluginFactory();
  }

  @Override
  protected AlsConfig config() {
    return AlsConfigs.solving(Solver.CONJUGATE_GRADIENT, 8, 5);
  }

  @Test
  void givesTheSameBytesForAnyNumberOfThreads() {
    assertSame(fitAndEmbed(2), fitAndEmbed(1));
    assertSame(fitAndEmbed(3), fitAndEmbed(1));
  }
}
