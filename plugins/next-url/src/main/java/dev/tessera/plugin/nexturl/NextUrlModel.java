package dev.tessera.plugin.nexturl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingModel;
import dev.tessera.api.EmbeddingSink;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.Npy;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginException;
import dev.tessera.api.TrainingReport;
import dev.tessera.neural.ClientSplit;
import dev.tessera.neural.DecoderPass;
import dev.tessera.neural.Devices;
import dev.tessera.neural.Dropout;
import dev.tessera.neural.Facts;
import dev.tessera.neural.MemoryFault;
import dev.tessera.neural.ModelFolder;
import dev.tessera.neural.PackedTokens;
import dev.tessera.neural.Parameters;
import dev.tessera.neural.Rows;
import dev.tessera.neural.Seeds;
import dev.tessera.neural.SequenceEmbedder;
import dev.tessera.neural.ShuffledBatches;
import dev.tessera.neural.TokenBatch;
import dev.tessera.neural.Trainer;
import dev.tessera.neural.TrainingOutcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A causal transformer over the urls that a client visits. It learns to tell each next url from
 * those before; what it gives at the last one, from which the visit to come would be told, is the
 * client's vector.
 *
 * <p>{@code h = T(E[url_1] … E[url_L])} (see {@link dev.tessera.neural.DecoderWeights}), {@code
 * p(next = u | t) ∝ e^{h_t · E[u]}} over the label and sampled urls (see {@link
 * dev.tessera.neural.SampledSoftmax}); loss: mean cross-entropy over positions. Vector: {@code h_L}
 * [D]. After Kang and McAuley (arXiv 1808.09781). The best epoch is the one of highest NDCG@10 of
 * held-out clients' last visits.
 *
 * <p>Random, from the step's seed: first weights, clients held out, order of batches, negatives,
 * dropout. A client without visits gets zeros. Urls that are not in the vocabulary are left out or
 * get the unknown token, as configured.
 */
final class NextUrlModel implements EmbeddingModel {

  private static final int FORMAT = 1;
  private static final long SPLIT_SEED = 1;
  private static final long ORDER_SEED = 2;
  private static final long WEIGHT_SEED = 3;
  private static final long SAMPLE_SEED = 4;
  private static final String VOCABULARY = "vocabulary.url.npy";

  /** What must be the same for the weights to fit. */
  private static final List<String> STRUCTURE =
      List.of("width", "layers", "heads", "max-visits", "rare-urls");

  private final NextUrlConfig config;
  private final PluginContext context;
  private final NDManager manager;
  private UrlVocabulary vocabulary;
  private UrlNetwork network;
  private DecoderPass pass;

  private NextUrlModel(NextUrlConfig config, PluginContext context) {
    this.config = config;
    this.context = context;
    this.manager = Devices.open(context);
  }

  /** A model to be fitted; fails here if the device is not there. */
  static NextUrlModel untrained(NextUrlConfig config, PluginContext context) {
    return new NextUrlModel(config, context);
  }

  /** The model that {@link #save} wrote. */
  static NextUrlModel open(NextUrlConfig config, Path modelDirectory, PluginContext context) {
    ModelFolder folder = folder(config, modelDirectory);
    folder.read();
    UrlVocabulary saved = new UrlVocabulary(Npy.readLongs(folder.file(VOCABULARY)));
    NextUrlModel model = new NextUrlModel(config, context);
    try {
      model.build(saved);
      folder.readWeights(model.network.parameters());
      return model;
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  private static ModelFolder folder(NextUrlConfig config, Path path) {
    return new ModelFolder(
        path,
        "next-url",
        new Facts(Map.of()).with("next-url-format", FORMAT).with(Facts.of(config).only(STRUCTURE)));
  }

  private void build(UrlVocabulary fitted) {
    vocabulary = fitted;
    network =
        new UrlNetwork(
            new Parameters(manager, Seeds.mix(context.seed(), WEIGHT_SEED)),
            config.shape(),
            vocabulary.size());
    pass =
        DecoderPass.of(
            network.vectors(), network.decoder(), new Dropout(config.dropout()), manager, context);
  }

  @Override
  public int dimension() {
    return config.width();
  }

  @Override
  public TrainingReport fit(EventLog events) {
    Devices.prepareThread(context);
    int[] clients =
        config
            .trainOn()
            .clients(
                events,
                config.sampleClients(),
                List.of(EventKind.PAGE_VISIT),
                Seeds.mix(context.seed(), SAMPLE_SEED));
    UrlVocabulary fitted = UrlVocabulary.fit(events, clients, config.minVisits());
    checkVocabulary(events, fitted);
    UrlSequences sequences =
        new UrlSequences(events, fitted, config.rareUrls(), config.maxVisits() + 1, context);
    int[] usable = IntStream.of(clients).filter(client -> sequences.length(client) > 1).toArray();
    checkClients(usable, clients.length);
    MemoryFault.run(() -> build(fitted), memoryAdvice());
    ClientSplit split =
        ClientSplit.of(usable, config.heldOut(), Seeds.mix(context.seed(), SPLIT_SEED));
    UrlRanking ranking =
        new UrlRanking(
            sequences,
            split.heldOut(),
            vocabulary.size(),
            config.filterSeen(),
            config.batches(),
            context);
    ShuffledBatches batches =
        new ShuffledBatches(
            sequences, split.training(), config.batches(), Seeds.mix(context.seed(), ORDER_SEED));
    UrlLearner learner =
        new UrlLearner(
            network,
            pass,
            new Negatives(vocabulary.size(), config.negatives(), config.negativesPer()),
            ranking,
            manager,
            context);
    TrainingOutcome outcome =
        new Trainer(context, config.training(), identity(split), memoryAdvice())
            .train(learner, batches, manager);
    return report(outcome, split, ranking.judgePopularity(split.training()));
  }

  private void checkVocabulary(EventLog events, UrlVocabulary fitted) {
    if (events.events(EventKind.PAGE_VISIT).rows() == 0) {
      throw new PluginException(
          ErrorCode.INVALID_DATA,
          "wanted visits to learn from, found none: page_visit is missing or empty; take the step out");
    }
    if (fitted.urls() < 2) {
      throw new PluginException(
          ErrorCode.INVALID_DATA,
          "wanted at least 2 urls with %d visits or more of the clients to learn from (train-on: %s), found %d; lower min-visits"
              .formatted(config.minVisits(), config.trainOn().key(), fitted.urls()));
    }
  }

  private void checkClients(int[] usable, int all) {
    if (usable.length < 2) {
      throw new PluginException(
          ErrorCode.INVALID_DATA,
          "wanted at least 2 clients with two or more visits to learn from, found %d among %,d clients (train-on: %s, min-visits: %d)"
              .formatted(usable.length, all, config.trainOn().key(), config.minVisits()));
    }
  }

  /** What a checkpoint must have been made with: all keys, and what the data gave. */
  private Facts identity(ClientSplit split) {
    return Facts.of(config)
        .with("urls", vocabulary.urls())
        .with("training-clients", split.training().length)
        .with("held-out-clients", split.heldOut().length);
  }

  private String memoryAdvice() {
    return "lower batch-tokens (now %d), negatives (now %d) or width (now %d), or raise min-visits (now %d)"
        .formatted(config.batchTokens(), config.negatives(), config.width(), config.minVisits());
  }

  private TrainingReport report(
      TrainingOutcome outcome, ClientSplit split, UrlRanking.Figures popularity) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("best epoch", (double) outcome.bestEpoch());
    String suffix = ", by popularity";
    for (String name : List.of(UrlRanking.NDCG, UrlRanking.HITS, UrlRanking.RECIPROCAL)) {
      metrics.put(name, outcome.best(name));
      metrics.put(name + suffix, popularity.evaluation().metrics().get(name));
    }
    metrics.put(UrlRanking.LOSS, outcome.best(UrlRanking.LOSS));
    metrics.put("held-out share of clients whose last url is ranked", popularity.ranks().ranked());
    metrics.put("urls", (double) vocabulary.urls());
    metrics.put("training clients", (double) split.training().length);
    metrics.put("held-out clients", (double) split.heldOut().length);
    metrics.put("training tokens per second", outcome.tokensPerSecond());
    List<String> notes = new ArrayList<>();
    if (outcome.best(UrlRanking.NDCG) <= popularity.ranks().ndcg()) {
      notes.add(
          "NDCG@10 of held-out clients is %.4f, by popularity alone %.4f; train longer or on more clients"
              .formatted(outcome.best(UrlRanking.NDCG), popularity.ranks().ndcg()));
    }
    if (outcome.resumedAfter() > 0) {
      notes.add("went on after epoch %d of an earlier run".formatted(outcome.resumedAfter()));
    }
    return new TrainingReport(metrics, outcome.curves(), notes);
  }

  @Override
  public void embed(EventLog events, ClientSelection clients, EmbeddingSink sink) {
    UrlSequences sequences =
        new UrlSequences(events, vocabulary, config.rareUrls(), config.maxVisits(), context);
    new SequenceEmbedder(context, manager, config.batches(), dimension())
        .embed(sequences, this::encode, events, clients, sink);
  }

  private NDArray encode(TokenBatch batch, NDManager scope) {
    PackedTokens tokens = PackedTokens.all(batch);
    return Rows.of(pass.run(tokens, scope), tokens.ends(), scope);
  }

  @Override
  public void save(Path modelDirectory) {
    ModelFolder folder = folder(config, modelDirectory);
    long[] ids = vocabulary.ids();
    Npy.write(folder.file(VOCABULARY), ids, ids.length);
    folder.write(new Facts(Map.of()), network.parameters());
  }

  @Override
  public void close() {
    manager.close();
  }
}
