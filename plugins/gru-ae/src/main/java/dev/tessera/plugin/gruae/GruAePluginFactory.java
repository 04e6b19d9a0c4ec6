package dev.tessera.plugin.gruae;

import dev.tessera.api.EventKind;
import dev.tessera.api.ModelPluginFactory;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginInfo;
import dev.tessera.api.PluginInfo.NewClients;
import dev.tessera.api.Stage;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;

/** The entry point of the gru-ae plugin. */
public final class GruAePluginFactory implements ModelPluginFactory<GruAeConfig> {

  /** For {@link java.util.ServiceLoader}. */
  public GruAePluginFactory() {}

  @Override
  public PluginInfo info() {
    return new PluginInfo(
        "gru-ae",
        "The state of a recurrent autoencoder of the client's last events",
        EnumSet.allOf(EventKind.class),
        NewClients.EMBEDDED);
  }

  @Override
  public Class<GruAeConfig> configType() {
    return GruAeConfig.class;
  }

  @Override
  public Set<EventKind> reads(GruAeConfig config) {
    return EnumSet.copyOf(config.kinds());
  }

  @Override
  public Stage create(GruAeConfig config, PluginContext context) {
    return GruAeModel.untrained(config, context);
  }

  @Override
  public Stage open(GruAeConfig config, Path modelDirectory, PluginContext context) {
    return GruAeModel.open(config, modelDirectory, context);
  }
}
