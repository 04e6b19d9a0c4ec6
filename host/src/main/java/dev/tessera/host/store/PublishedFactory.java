package dev.tessera.host.store;

import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.ModelPluginFactory;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginInfo;
import dev.tessera.api.Stage;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * The one plugin that the host brings itself: a step whose embedding is there already, made by
 * another run or, by way of DoPut, in another language.
 */
public final class PublishedFactory implements ModelPluginFactory<PublishedConfig> {

  /** The plugin's id. */
  public static final String ID = "published";

  /** Raised when the same file would give another embedding. */
  public static final String VERSION = "1";

  @Override
  public PluginInfo info() {
    return new PluginInfo(
        ID,
        "Takes an embedding as it is: published, put by a client, or of another run.",
        Set.of(),
        PluginInfo.NewClients.ZERO);
  }

  @Override
  public Class<PublishedConfig> configType() {
    return PublishedConfig.class;
  }

  @Override
  public Set<EventKind> reads(PublishedConfig config) {
    return Set.of();
  }

  /** None; asked before any work, so a name that is not there stops the run here. */
  @Override
  public List<String> inputs(PublishedConfig config) {
    PublishedFile.find(config.embedding());
    return List.of();
  }

  @Override
  public String content(PublishedConfig config) {
    return PublishedFile.content(PublishedFile.find(config.embedding()));
  }

  @Override
  public long memoryBytes(PublishedConfig config, EventLog events) {
    return 0;
  }

  @Override
  public Stage create(PublishedConfig config, PluginContext context) {
    return new PublishedModel(PublishedFile.find(config.embedding()), context);
  }

  @Override
  public Stage open(PublishedConfig config, Path modelDirectory, PluginContext context) {
    return new PublishedModel(new EmbeddingFolder(modelDirectory).arrow(), context);
  }
}
