package dev.tessera.plugin.als;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingModel;
import dev.tessera.api.EmbeddingSink;
import dev.tessera.api.EmbeddingWriter;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventLog;
import dev.tessera.api.Npy;
import dev.tessera.api.NpyWriter;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginException;
import dev.tessera.api.TrainingReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Implicit-feedback matrix factorisation by alternating least squares: clients who touched the same
 * items get like vectors, and an item's vector is near those of the clients who touched it.
 *
 * <pre>
 * minimise  Σ_ui c_ui (p_ui − x_u·y_i)² + λ (Σ_u |x_u|² + Σ_i |y_i|²)
 * p_ui = 1, c_ui = α w_ui   if the client's events with the item have the weight w_ui &gt; 0
 * p_ui = 0, c_ui = 1        otherwise
 * </pre>
 *
 * <p>Paper: Y. Hu, Y. Koren, C. Volinsky, <i>Collaborative Filtering for Implicit Feedback
 * Datasets</i>, ICDM 2008. Its c = 1 + α r is c = α w here, as the implicit library has it. x_u,
 * y_i: rows of the clients' and items' {@link Factors}, K = {@code factors} long; λ: {@code
 * regularization}; α: {@code alpha}. Random: the start, uniform in [0, 0.01).
 *
 * <p>The model is the items' factors. <b>Every client is folded in</b>, fitted or not: its row is
 * solved exactly with the items fixed. For a fitted client that is one more half-step than the
 * factors it was fitted with, thus as good or better in loss; and a client's vector depends on its
 * own events only, the same now, from a saved model, and for a client who came later. A client
 * without events on known items gets zeros.
 *
 * <p>Shapes: fit reads N clients × M items; embed gives [clients, K].
 */
final class AlsModel implements EmbeddingModel {

  private static final String ITEM_IDS = "item_ids.npy";
  private static final String ITEM_FACTORS = "item_factors.npy";
  private static final int BATCH_CLIENTS = 2048;
  private static final int TASK_CLIENTS = 64;

  private final AlsConfig config;
  private final PluginContext context;
  private long[] itemIds;
  private Factors items;

  /** Of the items, once it has been asked for: a live client's one row must not pay for it. */
  private Optional<double[]> gram = Optional.empty();

  AlsModel(AlsConfig config, PluginContext context) {
    this(config, context, new long[0], Factors.zeros(0, config.factors()));
  }

  private AlsModel(AlsConfig config, PluginContext context, long[] itemIds, Factors items) {
    this.config = config;
    this.context = context;
    this.itemIds = itemIds;
    this.items = items;
  }

  /** What {@link #save} wrote. */
  static AlsModel open(AlsConfig config, Path folder, PluginContext context) {
    for (String name : List.of(ITEM_IDS, ITEM_FACTORS)) {
      if (!Files.isRegularFile(folder.resolve(name))) {
        throw incompatible(folder, "wanted " + name + ", found no such file; fit the step again");
      }
    }
    long[] ids = Npy.readLongs(folder.resolve(ITEM_IDS));
    for (int i = 1; i < ids.length; i++) {
      if (ids[i - 1] >= ids[i]) {
        throw incompatible(folder, ITEM_IDS + ": wanted ascending ids, found " + ids[i]);
      }
    }
    Npy.Header header = Npy.header(folder.resolve(ITEM_FACTORS));
    String wanted = "<f4 [%d, %d]".formatted(ids.length, config.factors());
    if (!header.toString().equals(wanted)) {
      throw incompatible(
          folder,
          "%s: wanted %s (items, factors), found %s".formatted(ITEM_FACTORS, wanted, header));
    }
    float[] values = Npy.readFloats(folder.resolve(ITEM_FACTORS));
    return new AlsModel(config, context, ids, Factors.of(values, ids.length, config.factors()));
  }

  private static PluginException incompatible(Path folder, String what) {
    return new PluginException(
        ErrorCode.INCOMPATIBLE_MODEL, folder + " holds no als model of this step: " + what);
  }

  @Override
  public int dimension() {
    return config.factors();
  }

  @Override
  public TrainingReport fit(EventLog events) {
    TrainingMatrix training = TrainingMatrix.of(config, events, context);
    InteractionMatrix matrix = training.matrix();
    List<String> notes = new ArrayList<>(training.notes());
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("clients", (double) matrix.rows());
    metrics.put("items", (double) matrix.columnCount());
    metrics.put("client-item pairs", (double) matrix.entries());
    if (matrix.entries() == 0) {
      notes.add("there is no pair of client and item to learn from: every vector is zero");
      return new TrainingReport(metrics, Map.of(), notes);
    }
    AlsMemory.check(config, matrix, context);
    SplittableRandom random = new SplittableRandom(context.seed());
    AlsSolver solver =
        new AlsSolver(
            context,
            config,
            matrix,
            Factors.random(matrix.rows(), config.factors(), random),
            Factors.random(matrix.columnCount(), config.factors(), random));
    List<Double> losses = iterate(solver);
    items = solver.items();
    gram = Optional.empty();
    itemIds = training.itemIds();
    if (losses.isEmpty()) {
      return new TrainingReport(metrics, Map.of(), notes);
    }
    metrics.put("training loss", losses.get(losses.size() - 1));
    return new TrainingReport(metrics, Map.of("training loss", losses), notes);
  }

  private List<Double> iterate(AlsSolver solver) {
    List<Double> losses = new ArrayList<>();
    try (PluginContext.Progress progress = context.progress("iterations", config.iterations())) {
      for (int iteration = 1; iteration <= config.iterations(); iteration++) {
        context.checkCancelled();
        solver.iterate();
        boolean wanted =
            switch (config.reportLoss()) {
              case EACH -> true;
              case LAST -> iteration == config.iterations();
              case NONE -> false;
            };
        if (wanted) {
          losses.add(solver.loss());
          progress.note("loss %.6f".formatted(losses.get(losses.size() - 1)));
        }
        progress.advance(1);
      }
    }
    return losses;
  }

  private record FoldIn(ClientItems events, NormalEquations.Workspace equations) {}

  @Override
  public void embed(EventLog events, ClientSelection clients, EmbeddingSink sink) {
    int[] columnOfCode = ItemVocabulary.columns(config.item(), events, itemIds);
    int[] rows = events.indexOf(clients);
    int factors = config.factors();
    NormalEquations equations = new NormalEquations(config, items, gram(), context);
    Pool<FoldIn> pool =
        new Pool<>(
            () ->
                new FoldIn(
                    new ClientItems(config, events, columnOfCode, items.rows()),
                    equations.workspace()));
    float[] batch = new float[Math.min(BATCH_CLIENTS, rows.length) * factors];
    try (EmbeddingWriter out = new EmbeddingWriter(context.allocator(), factors, sink);
        PluginContext.Progress progress = context.progress("clients", rows.length)) {
      for (int first = 0; first < rows.length; first += BATCH_CLIENTS) {
        int count = Math.min(BATCH_CLIENTS, rows.length - first);
        int start = first;
        context.parallel(
            (count + TASK_CLIENTS - 1) / TASK_CLIENTS,
            task ->
                pool.lend(
                    foldIn -> {
                      int last = Math.min(count, (task + 1) * TASK_CLIENTS);
                      for (int i = task * TASK_CLIENTS; i < last; i++) {
                        foldIn(foldIn, rows[start + i], batch, i * factors);
                      }
                    }));
        for (int i = 0; i < count; i++) {
          out.write(clients.id(first + i), batch, i * factors);
        }
        progress.advance(count);
      }
      out.finish();
    }
  }

  private double[] gram() {
    if (gram.isEmpty()) {
      gram = Optional.of(items.gram(context));
    }
    return gram.get();
  }

  private static void foldIn(FoldIn memory, int client, float[] out, int start) {
    ClientItems events = memory.events();
    int count = events.read(client);
    memory.equations().solve(events.columns(), events.weights(), 0, count, out, start);
  }

  @Override
  public void save(Path modelDirectory) {
    Npy.write(modelDirectory.resolve(ITEM_IDS), itemIds, itemIds.length);
    Path file = modelDirectory.resolve(ITEM_FACTORS);
    try (NpyWriter out = new NpyWriter(file, "<f4", items.rows(), items.factors())) {
      float[] row = new float[items.factors()];
      for (int item = 0; item < items.rows(); item++) {
        items.copyRow(item, row);
        out.write(row, row.length);
      }
      out.finish();
    }
  }

  @Override
  public void close() {
    // heap only
  }
}
