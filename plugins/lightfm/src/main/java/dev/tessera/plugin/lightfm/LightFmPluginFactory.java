package dev.tessera.plugin.lightfm;

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

/** The plugin {@code lightfm}. */
public final class LightFmPluginFactory implements ModelPluginFactory<LightFmConfig> {

  private static final String VECTOR_MODULE = "jdk.incubator.vector";

  /** For the service loader. */
  public LightFmPluginFactory() {}

  @Override
  public PluginInfo info() {
    return new PluginInfo(
        "lightfm",
        "Factors of a client x sku matrix by a ranking loss, with features of clients and skus",
        Set.of(
            EventKind.PRODUCT_BUY,
            EventKind.ADD_TO_CART,
            EventKind.REMOVE_FROM_CART,
            EventKind.SEARCH_QUERY),
        NewClients.FOLDED_IN);
  }

  @Override
  public Class<LightFmConfig> configType() {
    return LightFmConfig.class;
  }

  /** The tables that pairs come from: without them, searches alone teach nothing. */
  @Override
  public Set<EventKind> reads(LightFmConfig config) {
    return config.events().keySet();
  }

  @Override
  public long memoryBytes(LightFmConfig config, EventLog events) {
    return LightFmMemory.estimate(config, events);
  }

  @Override
  public EmbeddingModel create(LightFmConfig config, PluginContext context) {
    requireVectors();
    return new LightFmModel(config, context);
  }

  @Override
  public EmbeddingModel open(LightFmConfig config, Path modelDirectory, PluginContext context) {
    requireVectors();
    return new LightFmModel(config, context, Factorization.open(config, modelDirectory));
  }

  private static void requireVectors() {
    if (ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty()) {
      throw new PluginException(
          ErrorCode.UNAVAILABLE,
          "wanted the module %s, found a Java started without it; start Tessera with ./tessera, or add --add-modules %s to the JVM"
              .formatted(VECTOR_MODULE, VECTOR_MODULE));
    }
  }
}
