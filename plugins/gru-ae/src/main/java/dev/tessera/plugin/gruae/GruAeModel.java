package dev.tessera.plugin.gruae;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingModel;
import dev.tessera.api.EmbeddingSink;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventLog;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginException;
import dev.tessera.api.TrainingReport;
import dev.tessera.neural.BatchPlan;
import dev.tessera.neural.ClientSplit;
import dev.tessera.neural.Devices;
import dev.tessera.neural.EventColumn;
import dev.tessera.neural.EventSequences;
import dev.tessera.neural.Facts;
import dev.tessera.neural.MemoryFault;
import dev.tessera.neural.Parameters;
import dev.tessera.neural.PlannedEpoch;
import dev.tessera.neural.Seeds;
import dev.tessera.neural.SequenceEmbedder;
import dev.tessera.neural.SequenceSource;
import dev.tessera.neural.ShuffledBatches;
import dev.tessera.neural.Trainer;
import dev.tessera.neural.TrainingOutcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A recurrent autoencoder of a client's events. It learns to squeeze the sequence of a client's
 * last tokens into one state from which, given the tokens before, each next token can be told; that
 * state is the client's vector.
 *
 * <p>{@code x_t = Σ or ⊕ over columns of E_column[token]}; encoder {@code s = GRU(x_1 … x_L)}, all
 * layers' final states; decoder {@code o_t = GRU(x_t + s_top; starting at s)}; {@code p(token t + 1
 * in a column) = softmax(W o_t + b)}. Loss: cross-entropies summed over columns, mean over tokens.
 * Vector: {@code s_top} [H]. After the sequence autoencoders of Sutskever et al. (arXiv 1409.3215)
 * with the units of Cho et al. (arXiv 1406.1078).
 *
 * <p>Random, from the step's seed: first weights, clients held out, order of batches, dropout. A
 * client without tokens gets zeros. Values that the fitted log did not have get the unknown token.
 */
final class GruAeModel implements EmbeddingModel {

  private static final long SPLIT_SEED = 1;
  private static final long ORDER_SEED = 2;
  private static final long WEIGHT_SEED = 3;
  private static final long SAMPLE_SEED = 4;

  private final GruAeConfig config;
  private final PluginContext context;
  private final NDManager manager;
  private List<ColumnCodec> codecs = List.of();
  private GruNetwork network;
  private GruPass pass;

  private GruAeModel(GruAeConfig config, PluginContext context) {
    this.config = config;
    this.context = context;
    this.manager = Devices.open(context);
  }

  /** A model to be fitted; fails here if the device is not there. */
  static GruAeModel untrained(GruAeConfig config, PluginContext context) {
    return new GruAeModel(config, context);
  }

  /** The model that {@link #save} wrote. */
  static GruAeModel open(GruAeConfig config, Path modelDirectory, PluginContext context) {
    ModelFiles files = new ModelFiles(modelDirectory, config);
    List<ColumnCodec> codecs = files.readCodecs(config);
    GruAeModel model = new GruAeModel(config, context);
    try {
      model.build(codecs);
      files.readWeights(model.network.parameters());
      return model;
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  private void build(List<ColumnCodec> fitted) {
    codecs = fitted;
    Parameters parameters = new Parameters(manager, Seeds.mix(context.seed(), WEIGHT_SEED));
    network =
        new GruNetwork(
            parameters,
            new GruNetwork.Shape(
                columns(),
                codecs.stream().map(ColumnCodec::size).toList(),
                config.combine(),
                config.embeddingSize(),
                config.hiddenSize(),
                config.layers()));
    pass =
        manager.getDevice().equals(Device.cpu())
            ? new FusedPass(network, config.dropout(), manager, context)
            : new RecordedPass(network, config.dropout());
    for (int column = 0; column < codecs.size(); column++) {
      network.clear(column, codecs.get(column).untrained());
    }
  }

  private List<String> columns() {
    return codecs.stream().map(codec -> codec.column().key()).toList();
  }

  @Override
  public int dimension() {
    return config.hiddenSize();
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
                config.kinds(),
                Seeds.mix(context.seed(), SAMPLE_SEED));
    List<ColumnCodec> fitted = new SchemaFitter(config, events, clients).fit();
    MemoryFault.run(() -> build(fitted), memoryAdvice());
    SequenceSource sequences = sequences(events);
    int[] usable = IntStream.of(clients).filter(client -> sequences.length(client) > 0).toArray();
    checkLearnable(sequences, usable);
    ClientSplit split =
        ClientSplit.of(usable, config.heldOut(), Seeds.mix(context.seed(), SPLIT_SEED));
    PlannedEpoch heldOut =
        new PlannedEpoch(
            sequences, BatchPlan.ordered(split.heldOut(), sequences::length, config.batches()));
    ShuffledBatches batches =
        new ShuffledBatches(
            sequences, split.training(), config.batches(), Seeds.mix(context.seed(), ORDER_SEED));
    GruLearner learner = new GruLearner(network, columns(), pass, heldOut, manager, context);
    Trainer trainer = new Trainer(context, config.training(), identity(split), memoryAdvice());
    TrainingOutcome outcome = trainer.train(learner, batches, manager);
    MajorityBaseline baseline =
        new MajorityBaseline(codecs.stream().map(ColumnCodec::size).toList());
    baseline.learn(batches.epoch(0));
    return report(outcome, split, baseline.accuracy(heldOut));
  }

  private SequenceSource sequences(EventLog events) {
    return sequences(config, events, codecs, context);
  }

  /** The sequences of a log's clients under a configuration and fitted codes. */
  static SequenceSource sequences(
      GruAeConfig config, EventLog events, List<ColumnCodec> codecs, PluginContext context) {
    if (config.isNames()) {
      return new NameSequences(events, config.kinds(), config.maxTokens(), context);
    }
    List<EventColumn> columns = codecs.stream().map(codec -> codec.tokens(events)).toList();
    return new EventSequences(
        events,
        new EventSequences.Layout(config.kinds(), (kind, item) -> true, config.maxTokens(), true),
        columns,
        context);
  }

  private void checkLearnable(SequenceSource sequences, int[] usable) {
    int withTwo = 0;
    for (int client : usable) {
      withTwo += sequences.length(client) > 3 ? 1 : 0;
    }
    if (withTwo < 2) {
      throw new PluginException(
          ErrorCode.INVALID_DATA,
          "wanted at least 2 clients with two or more tokens to learn from, found %d among %,d clients (train-on: %s, events: %s)"
              .formatted(
                  withTwo,
                  usable.length,
                  config.trainOn().key(),
                  config.kinds().stream().map(kind -> kind.tableName()).toList()));
    }
  }

  /** What a checkpoint must have been made with: all keys, and what the data gave. */
  private Facts identity(ClientSplit split) {
    return Facts.of(config)
        .with("vocabularies", codecs.stream().map(ColumnCodec::size).toList())
        .with("training-clients", split.training().length)
        .with("held-out-clients", split.heldOut().length);
  }

  private String memoryAdvice() {
    return "lower batch-tokens (now %d), hidden-size (now %d) or max-values"
        .formatted(config.batchTokens(), config.hiddenSize());
  }

  private TrainingReport report(TrainingOutcome outcome, ClientSplit split, double[] majority) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("best epoch", (double) outcome.bestEpoch());
    metrics.put(GruLearner.LOSS, outcome.best(GruLearner.LOSS));
    List<String> names = columns();
    List<String> notes = new ArrayList<>();
    for (TokenColumn column : config.columns()) {
      if (!names.contains(column.key())) {
        notes.add("column %s has fewer than two values: left out".formatted(column.key()));
      }
    }
    for (int column = 0; column < names.size(); column++) {
      String accuracy = GruLearner.accuracy(names.get(column));
      double reached = outcome.best(accuracy);
      metrics.put(accuracy, reached);
      metrics.put(accuracy + ", commonest token", majority[column]);
      if (reached < majority[column]) {
        notes.add(
            "column %s: %.1f %% of held-out tokens told rightly, the commonest token alone %.1f %%; train longer"
                .formatted(names.get(column), 100 * reached, 100 * majority[column]));
      }
    }
    metrics.put("training clients", (double) split.training().length);
    metrics.put("held-out clients", (double) split.heldOut().length);
    metrics.put("training tokens per second", outcome.tokensPerSecond());
    if (outcome.resumedAfter() > 0) {
      notes.add("went on after epoch %d of an earlier run".formatted(outcome.resumedAfter()));
    }
    return new TrainingReport(metrics, outcome.curves(), notes);
  }

  @Override
  public void embed(EventLog events, ClientSelection clients, EmbeddingSink sink) {
    SequenceEmbedder embedder =
        new SequenceEmbedder(context, manager, config.batches(), dimension());
    embedder.embed(sequences(events), pass::encode, events, clients, sink);
  }

  @Override
  public void save(Path modelDirectory) {
    new ModelFiles(modelDirectory, config).write(codecs, network.parameters());
  }

  @Override
  public void close() {
    manager.close();
  }
}
