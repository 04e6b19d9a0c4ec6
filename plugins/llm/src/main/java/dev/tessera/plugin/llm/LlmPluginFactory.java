package dev.tessera.plugin.llm;

import dev.tessera.api.EventKind;
import dev.tessera.api.ModelPluginFactory;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginInfo;
import dev.tessera.api.PluginInfo.NewClients;
import dev.tessera.api.Stage;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;

/** The entry point of the llm plugin. */
public final class LlmPluginFactory implements ModelPluginFactory<LlmConfig> {

  /** For {@link java.util.ServiceLoader}. */
  public LlmPluginFactory() {}

  @Override
  public PluginInfo info() {
    return new PluginInfo(
        "llm",
        "The client's events as text through a language model, which needs no training",
        EnumSet.allOf(EventKind.class),
        NewClients.EMBEDDED);
  }

  @Override
  public Class<LlmConfig> configType() {
    return LlmConfig.class;
  }

  @Override
  public Set<EventKind> reads(LlmConfig config) {
    return EnumSet.copyOf(config.events());
  }

  @Override
  public Stage create(LlmConfig config, PluginContext context) {
    return LlmModel.create(config, context);
  }

  @Override
  public Stage open(LlmConfig config, Path modelDirectory, PluginContext context) {
    return LlmModel.open(config, modelDirectory, context);
  }
}
