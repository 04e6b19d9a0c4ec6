package dev.tessera.plugin.llm;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingModel;
import dev.tessera.api.EmbeddingSink;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventLog;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginException;
import dev.tessera.api.TrainingReport;
import dev.tessera.neural.Facts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes each client's events as a text and gives the vector that a language model makes of it.
 * Nothing is learnt: the model is as it was published. Saved are the digest of the model's files
 * and the width of its vectors, not the files.
 */
final class LlmModel implements EmbeddingModel {

  private static final Logger LOG = LoggerFactory.getLogger("llm");
  private static final String FACTS = "model.txt";
  private static final int FORMAT = 1;

  private final LlmConfig config;
  private final PluginContext context;
  private final ModelSource source;
  private final TextTokenizer tokenizer;
  private final TextGraph graph;

  private LlmModel(LlmConfig config, PluginContext context, ModelSource source) {
    this.config = config;
    this.context = context;
    this.source = source;
    this.tokenizer = TextTokenizer.open(source, config.maxTokens(), config.truncation());
    try {
      this.graph = TextGraph.open(source, config, tokenizer, context);
    } catch (RuntimeException e) {
      tokenizer.close();
      throw e;
    }
    graph.remark().ifPresent(this::say);
  }

  private void say(String line) {
    LOG.warn("[{}] {}", context.stepName(), line);
  }

  /** A model ready to embed; fails here if its files or its device are not as wanted. */
  static LlmModel create(LlmConfig config, PluginContext context) {
    return new LlmModel(config, context, ModelSource.find(config.model()));
  }

  /** The model that {@link #save} wrote; fails if the model's files have changed since. */
  static LlmModel open(LlmConfig config, Path modelDirectory, PluginContext context) {
    Path file = modelDirectory.resolve(FACTS);
    if (!Files.exists(file)) {
      throw new PluginException(
          ErrorCode.INCOMPATIBLE_MODEL,
          "%s holds no llm model: there is no %s; run the step again"
              .formatted(modelDirectory, FACTS));
    }
    Facts found = Facts.read(file);
    ModelSource source = ModelSource.find(config.model());
    facts(source).requireSame(found, "the model " + modelDirectory);
    return new LlmModel(config, context, source);
  }

  private static Facts facts(ModelSource source) {
    return new Facts(Map.of())
        .with("llm-format", FORMAT)
        .with("model", source.name())
        .with("digest", source.digest());
  }

  @Override
  public int dimension() {
    return graph.width();
  }

  @Override
  public TrainingReport fit(EventLog events) {
    return new TrainingReport(
        Map.of(),
        Map.of(),
        List.of("needs no training: %s as it was published".formatted(source.name())));
  }

  @Override
  public void embed(EventLog events, ClientSelection clients, EmbeddingSink sink) {
    new TextEmbedder(config, source.digest(), tokenizer, graph, context, this::say)
        .embed(events, clients, sink);
  }

  @Override
  public void save(Path modelDirectory) {
    facts(source).with("width", graph.width()).write(modelDirectory.resolve(FACTS));
  }

  @Override
  public void close() {
    graph.close();
    tokenizer.close();
  }
}
