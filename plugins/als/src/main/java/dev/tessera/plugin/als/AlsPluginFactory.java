package dev.tessera.plugin.als;

import dev.tessera.api.EmbeddingModel;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.ModelPluginFactory;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginException;
import dev.tessera.api.PluginInfo;
import dev.tessera.api.PluginInfo.NewClients;
import java.nio.file.Path;
import java.util.Set;

/** The plugin {@code als}. */
public final class AlsPluginFactory implements ModelPluginFactory<AlsConfig> {

  private static final String VECTOR_MODULE = "jdk.incubator.vector";

  /** For the service loader. */
  public AlsPluginFactory() {}

  @Override
  public PluginInfo info() {
    return new PluginInfo(
        "als",
        "Factors of a client x sku, category or url matrix by implicit-feedback least squares",
        Set.of(
            EventKind.PRODUCT_BUY,
            EventKind.ADD_TO_CART,
            EventKind.REMOVE_FROM_CART,
            EventKind.PAGE_VISIT),
        NewClients.FOLDED_IN);
  }

  @Override
  public Class<AlsConfig> configType() {
    return AlsConfig.class;
  }

  @Override
  public Set<EventKind> reads(AlsConfig config) {
    return config.events().keySet();
  }

  @Override
  public long memoryBytes(AlsConfig config, EventLog events) {
    return AlsMemory.estimate(config, events, Runtime.getRuntime().availableProcessors());
  }

  @Override
  public EmbeddingModel create(AlsConfig config, PluginContext context) {
    requireVectors(ModuleLayer.boot());
    return new AlsModel(config, context);
  }

  @Override
  public EmbeddingModel open(AlsConfig config, Path modelDirectory, PluginContext context) {
    requireVectors(ModuleLayer.boot());
    return AlsModel.open(config, modelDirectory, context);
  }

  static void requireVectors(ModuleLayer modules) {
    if (modules.findModule(VECTOR_MODULE).isEmpty()) {
      throw new PluginException(
          ErrorCode.UNAVAILABLE,
          "wanted the module "
              + VECTOR_MODULE
              + ", which this Java was started without; start Tessera with ./tessera, or add"
              + " --add-modules "
              + VECTOR_MODULE
              + " to the JVM");
    }
  }
}
