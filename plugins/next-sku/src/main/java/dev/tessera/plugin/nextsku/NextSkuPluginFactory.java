package dev.tessera.plugin.nextsku;

import dev.tessera.api.ModelPluginFactory;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginInfo;
import dev.tessera.api.PluginInfo.NewClients;
import dev.tessera.api.Stage;
import java.nio.file.Path;
import java.util.EnumSet;

/** The entry point of the next-sku plugin. */
public final class NextSkuPluginFactory implements ModelPluginFactory<NextSkuConfig> {

  /** For {@link java.util.ServiceLoader}. */
  public NextSkuPluginFactory() {}

  @Override
  public PluginInfo info() {
    return new PluginInfo(
        "next-sku",
        "What a causal transformer, which tells the next product event, gives at the last one",
        EnumSet.copyOf(ProductEvents.ORDER),
        NewClients.EMBEDDED);
  }

  @Override
  public Class<NextSkuConfig> configType() {
    return NextSkuConfig.class;
  }

  @Override
  public Stage create(NextSkuConfig config, PluginContext context) {
    return NextSkuModel.untrained(config, context);
  }

  @Override
  public Stage open(NextSkuConfig config, Path modelDirectory, PluginContext context) {
    return NextSkuModel.open(config, modelDirectory, context);
  }
}
