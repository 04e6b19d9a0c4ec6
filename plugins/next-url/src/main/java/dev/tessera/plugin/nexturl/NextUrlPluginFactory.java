package dev.tessera.plugin.nexturl;

import dev.tessera.api.EventKind;
import dev.tessera.api.ModelPluginFactory;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginInfo;
import dev.tessera.api.PluginInfo.NewClients;
import dev.tessera.api.Stage;
import java.nio.file.Path;
import java.util.EnumSet;

/** The entry point of the next-url plugin. */
public final class NextUrlPluginFactory implements ModelPluginFactory<NextUrlConfig> {

  /** For {@link java.util.ServiceLoader}. */
  public NextUrlPluginFactory() {}

  @Override
  public PluginInfo info() {
    return new PluginInfo(
        "next-url",
        "What a causal transformer, which tells the next page visited, gives at the last one",
        EnumSet.of(EventKind.PAGE_VISIT),
        NewClients.EMBEDDED);
  }

  @Override
  public Class<NextUrlConfig> configType() {
    return NextUrlConfig.class;
  }

  @Override
  public Stage create(NextUrlConfig config, PluginContext context) {
    return NextUrlModel.untrained(config, context);
  }

  @Override
  public Stage open(NextUrlConfig config, Path modelDirectory, PluginContext context) {
    return NextUrlModel.open(config, modelDirectory, context);
  }
}
