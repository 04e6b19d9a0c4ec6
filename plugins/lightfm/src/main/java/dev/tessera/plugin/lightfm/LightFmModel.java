package dev.tessera.plugin.lightfm;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingModel;
import dev.tessera.api.EmbeddingSink;
import dev.tessera.api.EmbeddingWriter;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventLog;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginException;
import dev.tessera.api.TrainingReport;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.BigIntVector;

/**
 * Hybrid matrix factorisation: clients and skus get vectors such that a client's own skus score
 * above others. A vector is a sum over what is known of a client or sku, its identity included, so
 * that new ones have a vector too.
 *
 * <pre>
 * score(u, i) = p_u · q_i + b_i,   p_u = Σ_f v_uf e_f,   q_i = Σ_f v_if e_f,   b_i = Σ_f v_if b_f
 *
 * warp      w_ui L(⌊(M − 1) / draws⌋) max(0, 1 − score(u, i) + score(u, j)),  L = log
 * bpr       −w_ui log σ(score(u, i) − score(u, j))
 * logistic  −w_ui (log σ(score(u, i)) + log σ(−score(u, j)))
 * </pre>
 *
 * <p>over pairs of a client u and a sku i with a weight w_ui, where j is drawn from the skus that u
 * has no pair with; warp draws until one scores above score(u, i) − 1, and the fewer draws that
 * takes, the lower i ranks and the more it weighs.
 *
 * <p>Papers: M. Kula, <i>Metadata Embeddings for User and Item Cold-start Recommendations</i>,
 * arXiv 1507.08439; J. Weston, S. Bengio, N. Usunier, <i>WSABIE: Scaling Up To Large Vocabulary
 * Image Annotation</i>, IJCAI 2011; S. Rendle et al., <i>BPR: Bayesian Personalized Ranking from
 * Implicit Feedback</i>, UAI 2009. e_f, b_f: {@link Rows}; v: {@link Features}; p_u: the embedding.
 * Clients have no bias, since it does not change the order of skus. Random: the start, the order of
 * pairs and the draws.
 *
 * <p>A client that the model was fitted on keeps the vector that was learnt; others are folded in
 * ({@link FoldIn}). Without client identity every client's vector comes from its searches alone.
 *
 * <p>Shapes: fit reads N clients × M skus; embed gives [clients, K].
 */
final class LightFmModel implements EmbeddingModel {

  private static final String CURVE = "pairs that moved weights";
  private static final int BATCH_CLIENTS = 4096;
  private static final int TASK_CLIENTS = 64;

  private final LightFmConfig config;
  private final PluginContext context;
  private Factorization model;

  LightFmModel(LightFmConfig config, PluginContext context) {
    this(config, context, Factorization.empty(config.components()));
  }

  LightFmModel(LightFmConfig config, PluginContext context, Factorization model) {
    this.config = config;
    this.context = context;
    this.model = model;
  }

  @Override
  public int dimension() {
    return config.components();
  }

  @Override
  public TrainingReport fit(EventLog events) {
    TrainingData data = TrainingData.of(config, events, context);
    LightFmMemory.check(config, data, context);
    Pairs pairs = data.pairs();
    FeatureReader reader = new FeatureReader(config, events);
    boolean clientIdentity = config.clientFeatures().identity();
    int[] categoryOf = categories(events, data.skus());
    int categories = Math.max(0, Arrays.stream(categoryOf).max().orElse(-1) + 1);
    Trainer trainer =
        new Trainer(
            config,
            pairs,
            reader.clients(data.clients(), clientIdentity),
            reader.skus(data.skus(), config.skuFeatures().identity(), categoryOf, categories),
            context);
    List<Double> curve = train(trainer, pairs.size());
    requireFinite(trainer.clients());
    requireFinite(trainer.skus());
    int[] kept = clientIdentity ? data.clients() : new int[0];
    model =
        new Factorization(
            ids(events.clientIds(), kept),
            clientIdentity ? trainer.clients().composed() : Rows.zeros(0, config.components()),
            trainer.clients().shared(),
            ids(events.products().skus(), data.skus()),
            trainer.skus().composed(),
            trainer.skus().shared(),
            categoryIds(events, categoryOf, categories));
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("clients", (double) pairs.clients());
    metrics.put("skus", (double) pairs.skuCount());
    metrics.put("client-sku pairs", (double) pairs.size());
    metrics.put(CURVE, curve.get(curve.size() - 1));
    return new TrainingReport(metrics, Map.of(CURVE, curve), data.notes());
  }

  private List<Double> train(Trainer trainer, int pairs) {
    Checkpoint checkpoint = new Checkpoint(context.checkpointDirectory(), trainer.weights());
    List<Double> curve = checkpoint.resume();
    trainer.weightsWereSet();
    try (PluginContext.Progress progress =
        context.progress("pairs", (long) pairs * config.epochs())) {
      progress.advance((long) pairs * curve.size());
      while (curve.size() < config.epochs()) {
        context.checkCancelled();
        int epoch = curve.size() + 1;
        long start = System.nanoTime();
        curve.add(trainer.epoch(epoch, progress));
        double millions = pairs / ((System.nanoTime() - start) / 1e3);
        progress.note("epoch %d, %.2f M pairs/s".formatted(epoch, millions));
        checkpoint.keep(curve);
      }
    }
    return curve;
  }

  private static void requireFinite(Side side) {
    if (!side.own().finite() || !side.shared().finite()) {
      throw new PluginException(
          ErrorCode.INVALID_DATA,
          "wanted finite weights, found that the training went out of bounds; use a lower learning-rate, smaller weights in events, or larger divisors of features");
    }
  }

  /** By category code of the log: the model's category, or -1; empty if they are no feature. */
  private int[] categories(EventLog events, int[] skus) {
    if (!config.skuFeatures().category()) {
      return new int[0];
    }
    int[] categoryOf = new int[events.products().categoryIds().getValueCount()];
    Arrays.fill(categoryOf, -1);
    for (int sku : skus) {
      int category = events.products().category(sku);
      if (category >= 0) {
        categoryOf[category] = 0;
      }
    }
    int next = 0;
    for (int category = 0; category < categoryOf.length; category++) {
      if (categoryOf[category] == 0) {
        categoryOf[category] = next++;
      }
    }
    return categoryOf;
  }

  private static long[] categoryIds(EventLog events, int[] categoryOf, int categories) {
    long[] ids = new long[categories];
    for (int code = 0; code < categoryOf.length; code++) {
      if (categoryOf[code] >= 0) {
        ids[categoryOf[code]] = events.products().categoryIds().get(code);
      }
    }
    return ids;
  }

  private static long[] ids(BigIntVector ids, int[] codes) {
    return Arrays.stream(codes).mapToLong(ids::get).toArray();
  }

  @Override
  public void embed(EventLog events, ClientSelection clients, EmbeddingSink sink) {
    int[] rows = events.indexOf(clients);
    FoldIn foldIn = new FoldIn(config, model, events, context.seed());
    int components = config.components();
    float[] batch = new float[Math.min(BATCH_CLIENTS, rows.length) * components];
    try (EmbeddingWriter out = new EmbeddingWriter(context.allocator(), components, sink);
        PluginContext.Progress progress = context.progress("clients", rows.length)) {
      for (int first = 0; first < rows.length; first += BATCH_CLIENTS) {
        int count = Math.min(BATCH_CLIENTS, rows.length - first);
        int start = first;
        context.parallel(
            (count + TASK_CLIENTS - 1) / TASK_CLIENTS,
            task -> {
              int from = task * TASK_CLIENTS;
              int to = Math.min(count, from + TASK_CLIENTS);
              embed(foldIn, clients, rows, start + from, start + to, batch, from * components);
            });
        for (int i = 0; i < count; i++) {
          out.write(clients.id(first + i), batch, i * components);
        }
        progress.advance(count);
      }
      out.finish();
    }
  }

  /** Clients {@code from … to - 1} of a selection; their vectors start at {@code out[at]}. */
  private void embed(
      FoldIn foldIn, ClientSelection clients, int[] rows, int from, int to, float[] out, int at) {
    int components = config.components();
    int[] unknown = new int[to - from];
    int unknowns = 0;
    for (int i = from; i < to; i++) {
      int known = Arrays.binarySearch(model.clientIds(), clients.id(i));
      if (known >= 0) {
        model.clients().copyRow(known, out, at + (i - from) * components);
      } else {
        unknown[unknowns++] = i;
      }
    }
    int[] some = Arrays.copyOf(unknown, unknowns);
    Rows vectors =
        foldIn.vectors(
            Arrays.stream(some).map(i -> rows[i]).toArray(),
            Arrays.stream(some).mapToLong(clients::id).toArray());
    for (int i = 0; i < unknowns; i++) {
      vectors.copyRow(i, out, at + (some[i] - from) * components);
    }
  }

  @Override
  public void save(Path modelDirectory) {
    model.save(modelDirectory);
  }

  @Override
  public void close() {
    // heap only
  }
}
