package dev.tessera.plugin.stats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.api.ModelPluginFactory;
import dev.tessera.api.testkit.ModelPluginContractTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StatsContractTest extends ModelPluginContractTest<StatsConfig> {

  @Override
  protected ModelPluginFactory<StatsConfig> factory() {
    return new StatsPluginFactory();
  }

  @Override
  protected StatsConfig config() {
    return StatsConfigs.DEFAULT;
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void givesTheSameBytesForAnyNumberOfThreads(int threads) {
    assertSame(fitAndEmbed(threads), fitAndEmbed(1));
  }

  @Test
  void has37Columns() {
    assertThat(fitAndEmbed(1).vectors()).allMatch(vector -> vector.length == 37);
  }
}
