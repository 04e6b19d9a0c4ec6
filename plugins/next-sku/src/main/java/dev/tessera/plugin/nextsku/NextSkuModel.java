package dev.tessera.plugin.nextsku;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingModel;
import dev.tessera.api.EmbeddingSink;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventLog;
import dev.tessera.api.Npy;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginException;
import dev.tessera.api.TrainingReport;
import dev.tessera.neural.BatchPlan;
import dev.tessera.neural.ClientSplit;
import dev.tessera.neural.DecoderPass;
import dev.tessera.neural.Devices;
import dev.tessera.neural.Dropout;
import dev.tessera.neural.EventSequences;
import dev.tessera.neural.Facts;
import dev.tessera.neural.MemoryFault;
import dev.tessera.neural.ModelFolder;
import dev.tessera.neural.PackedTokens;
import dev.tessera.neural.Parameters;
import dev.tessera.neural.PlannedEpoch;
import dev.tessera.neural.Rows;
import dev.tessera.neural.Seeds;
import dev.tessera.neural.SequenceEmbedder;
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
 * A causal transformer over what a client does with products: adds to the cart, removes, buys. It
 * learns to tell the category, the kind and the price of each next event from those before; what it
 * gives at the last one is the client's vector.
 *
 * <p>{@code x_t = E_category ⊕ E_event ⊕ normalised price}, {@code h = T(x_1 … x_L)} (see {@link
 * dev.tessera.neural.DecoderWeights}); what is told from h, and the three losses, says {@link
 * SkuHeads}. Vector: {@code h_L}. The best epoch is the one of the lowest loss of held-out clients.
 *
 * <p>Random, from the step's seed: first weights, clients held out, parts of histories, order of
 * batches, dropout. A client without such events gets zeros. Categories that the fitted log did not
 * have get the unknown token; a price that is not known is the mean.
 */
final class NextSkuModel implements EmbeddingModel {

  private static final int FORMAT = 1;
  private static final long SPLIT_SEED = 1;
  private static final long ORDER_SEED = 2;
  private static final long WEIGHT_SEED = 3;
  private static final long SAMPLE_SEED = 4;
  private static final String VOCABULARY = "vocabulary.category.npy";
  private static final String PRICE_MEAN = "price-mean";
  private static final String PRICE_DEVIATION = "price-deviation";

  /** What must be the same for the weights to fit. */
  private static final List<String> STRUCTURE =
      List.of("category-size", "event-size", "layers", "heads", "max-slice");

  private final NextSkuConfig config;
  private final PluginContext context;
  private final NDManager manager;
  private ProductCodes codes;
  private SkuNetwork network;
  private DecoderPass pass;

  private NextSkuModel(NextSkuConfig config, PluginContext context) {
    this.config = config;
    this.context = context;
    this.manager = Devices.open(context);
  }

  /** A model to be fitted; fails here if the device is not there. */
  static NextSkuModel untrained(NextSkuConfig config, PluginContext context) {
    return new NextSkuModel(config, context);
  }

  /** The model that {@link #save} wrote. */
  static NextSkuModel open(NextSkuConfig config, Path modelDirectory, PluginContext context) {
    ModelFolder folder = folder(config, modelDirectory);
    Facts facts = folder.read();
    ProductCodes saved =
        new ProductCodes(
            Npy.readLongs(folder.file(VOCABULARY)),
            Float.parseFloat(facts.text(PRICE_MEAN)),
            Float.parseFloat(facts.text(PRICE_DEVIATION)));
    NextSkuModel model = new NextSkuModel(config, context);
    try {
      model.build(saved);
      folder.readWeights(model.network.parameters());
      return model;
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  private static ModelFolder folder(NextSkuConfig config, Path path) {
    return new ModelFolder(
        path,
        "next-sku",
        new Facts(Map.of()).with("next-sku-format", FORMAT).with(Facts.of(config).only(STRUCTURE)));
  }

  private void build(ProductCodes fitted) {
    codes = fitted;
    network =
        new SkuNetwork(
            new Parameters(manager, Seeds.mix(context.seed(), WEIGHT_SEED)),
            new SkuNetwork.Shape(
                codes.tokens(), config.categorySize(), config.eventSize(), config.shape()),
            codes.priceMean(),
            1 / codes.priceDeviation());
    pass =
        DecoderPass.of(
            network.vectors(), network.decoder(), new Dropout(config.dropout()), manager, context);
  }

  @Override
  public int dimension() {
    return config.shape().width();
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
                ProductEvents.ORDER,
                Seeds.mix(context.seed(), SAMPLE_SEED));
    ProductCodes fitted = ProductCodes.fit(events, clients);
    EventSequences histories = ProductEvents.of(events, fitted, Integer.MAX_VALUE, context);
    int[] usable = IntStream.of(clients).filter(client -> histories.length(client) > 1).toArray();
    checkLearnable(fitted, usable, clients.length);
    MemoryFault.run(() -> build(fitted), memoryAdvice());
    ClientSplit split =
        ClientSplit.of(usable, config.heldOut(), Seeds.mix(context.seed(), SPLIT_SEED));
    EventSequences lasts = ProductEvents.of(events, fitted, config.maxSlice() + 1, context);
    PlannedEpoch heldOut =
        new PlannedEpoch(
            lasts, BatchPlan.ordered(split.heldOut(), lasts::length, config.batches()));
    SlicedBatches batches =
        new SlicedBatches(
            histories,
            split.training(),
            config.minSlice() + 1,
            config.maxSlice() + 1,
            config.batches(),
            Seeds.mix(context.seed(), ORDER_SEED));
    SkuHeads heads =
        new SkuHeads(
            network,
            IntStream.range(ProductCodes.FIRST, codes.tokens()).toArray(),
            IntStream.range(1, ProductEvents.EVENT_TOKENS).toArray(),
            manager,
            context);
    SkuHeads.Weights weights =
        new SkuHeads.Weights(config.categoryWeight(), config.eventWeight(), config.priceWeight());
    TrainingOutcome outcome =
        new Trainer(context, config.training(), identity(split), memoryAdvice())
            .train(
                new SkuLearner(network, pass, heads, weights, heldOut, context), batches, manager);
    PopularityBaseline baseline = new PopularityBaseline(batches.epoch(0), codes.tokens());
    return report(outcome, split, baseline.judge(heldOut, weights));
  }

  private void checkLearnable(ProductCodes fitted, int[] usable, int all) {
    if (usable.length < 2) {
      throw new PluginException(
          ErrorCode.INVALID_DATA,
          "wanted at least 2 clients with two or more product events to learn from, found %d among %,d clients (train-on: %s; product_buy, add_to_cart, remove_from_cart)"
              .formatted(usable.length, all, config.trainOn().key()));
    }
    if (fitted.categories().length < 2) {
      throw new PluginException(
          ErrorCode.INVALID_DATA,
          "wanted at least 2 categories among the products of the clients to learn from (train-on: %s), found %d; see that product_properties has the products that occur"
              .formatted(config.trainOn().key(), fitted.categories().length));
    }
  }

  /** What a checkpoint must have been made with: all keys, and what the data gave. */
  private Facts identity(ClientSplit split) {
    return Facts.of(config)
        .with("categories", codes.categories().length)
        .with("training-clients", split.training().length)
        .with("held-out-clients", split.heldOut().length);
  }

  private String memoryAdvice() {
    return "lower batch-tokens (now %d) or category-size (now %d)"
        .formatted(config.batchTokens(), config.categorySize());
  }

  private TrainingReport report(
      TrainingOutcome outcome, ClientSplit split, Map<String, Double> popularity) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("best epoch", (double) outcome.bestEpoch());
    popularity.forEach(
        (name, value) -> {
          metrics.put(name, outcome.best(name));
          metrics.put(name + ", by popularity", value);
        });
    metrics.put("categories", (double) codes.categories().length);
    metrics.put("training clients", (double) split.training().length);
    metrics.put("held-out clients", (double) split.heldOut().length);
    metrics.put("training tokens per second", outcome.tokensPerSecond());
    List<String> notes = new ArrayList<>();
    if (outcome.best(SkuLearner.LOSS) >= popularity.get(SkuLearner.LOSS)) {
      notes.add(
          "the loss of held-out clients is %.4f, by popularity alone %.4f; train longer or on more clients"
              .formatted(outcome.best(SkuLearner.LOSS), popularity.get(SkuLearner.LOSS)));
    }
    if (outcome.resumedAfter() > 0) {
      notes.add("went on after epoch %d of an earlier run".formatted(outcome.resumedAfter()));
    }
    return new TrainingReport(metrics, outcome.curves(), notes);
  }

  @Override
  public void embed(EventLog events, ClientSelection clients, EmbeddingSink sink) {
    new SequenceEmbedder(context, manager, config.batches(), dimension())
        .embed(
            ProductEvents.of(events, codes, config.maxSlice(), context),
            this::encode,
            events,
            clients,
            sink);
  }

  private NDArray encode(TokenBatch batch, NDManager scope) {
    PackedTokens tokens = PackedTokens.all(batch);
    return Rows.of(pass.run(tokens, scope), tokens.ends(), scope);
  }

  @Override
  public void save(Path modelDirectory) {
    ModelFolder folder = folder(config, modelDirectory);
    Npy.write(folder.file(VOCABULARY), codes.categories(), codes.categories().length);
    folder.write(
        new Facts(Map.of())
            .with(PRICE_MEAN, codes.priceMean())
            .with(PRICE_DEVIATION, codes.priceDeviation()),
        network.parameters());
  }

  @Override
  public void close() {
    manager.close();
  }
}
