package dev.tessera.plugin.stats;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingModel;
import dev.tessera.api.EmbeddingSink;
import dev.tessera.api.EmbeddingWriter;
import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.api.Float16;
import dev.tessera.api.PluginContext;
import dev.tessera.api.TrainingReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Hand-made features of a client's history, computed in double and given out as float32.
 *
 * <p>Learns, per table and from its relevant clients' rows only, the first event's time, the last
 * date, and how many rows each sku, category and url has. A client's vector is then a function of
 * its own events and these: [37], columns in the order of {@link StatsColumn#ALL}. The formulas
 * stand at the classes that compute them: {@link ActivityFeatures} (6 for each of 4 tables), {@link
 * PopularityFeatures} (7), {@link VisitPeriods} (2), {@link Spending} (2), {@link CartConversion}
 * (2). Nothing is random; whole-number sums make the result the same for any number of threads.
 *
 * <p>A client without rows gets 0. Products without properties count as pandas' left joins have it:
 * in all counts and sku columns; not in the mean popularity of categories nor in the spending; and
 * together as one category in {@code bought_cat}. An item that the fitted log did not have has
 * popularity 0.
 *
 * <p>Counts of a large shop (a popular url's rows, say) can exceed 65,504, the largest float16, and
 * the host then stops at that column rather than write infinity. {@link #fit} adds a note when it
 * sees that coming; the remedy is {@code counts: log1p} ({@link CountScale#LOG1P}).
 */
final class StatsModel implements EmbeddingModel {

  private static final int BLOCK_CLIENTS = 1 << 14;
  private static final int TASK_CLIENTS = 256;

  private final StatsConfig config;
  private final PluginContext context;
  private final int[] columns;
  private List<FittedTable> tables;

  private StatsModel(StatsConfig config, PluginContext context, List<FittedTable> tables) {
    this.config = config;
    this.context = context;
    this.tables = tables;
    this.columns =
        IntStream.range(0, StatsColumn.ALL.size())
            .filter(i -> config.events().containsAll(StatsColumn.ALL.get(i).kinds()))
            .toArray();
  }

  /** A model to be fitted. */
  static StatsModel untrained(StatsConfig config, PluginContext context) {
    return new StatsModel(config, context, List.of());
  }

  /** The model that {@link #save} wrote. */
  static StatsModel open(StatsConfig config, Path modelDirectory, PluginContext context) {
    ModelFiles files = new ModelFiles(modelDirectory);
    return new StatsModel(config, context, config.events().stream().map(files::read).toList());
  }

  @Override
  public int dimension() {
    return columns.length;
  }

  @Override
  public List<String> columnNames() {
    return IntStream.of(columns).mapToObj(i -> StatsColumn.ALL.get(i).name()).toList();
  }

  @Override
  public TrainingReport fit(EventLog events) {
    int[] relevant =
        IntStream.of(events.indexOf(events.relevantClients())).filter(i -> i >= 0).toArray();
    TableCounter counter = new TableCounter(context, events, relevant);
    List<FittedTable> fitted = new ArrayList<>();
    try (PluginContext.Progress progress =
        context.progress("tables counted", config.events().size())) {
      for (EventKind kind : config.events()) {
        fitted.add(counter.count(kind));
        progress.advance(1);
      }
    }
    tables = List.copyOf(fitted);
    return report();
  }

  private TrainingReport report() {
    Map<String, Double> metrics = new LinkedHashMap<>();
    List<String> notes = new ArrayList<>();
    for (FittedTable table : tables) {
      String name = table.kind().tableName();
      metrics.put(name + " rows of relevant clients", (double) table.rows());
      int largest = Math.max(table.items().largest(), table.categories().largest());
      if (config.counts() == CountScale.RAW && largest > Float16.MAX_VALUE) {
        notes.add(
            "%s: one item or category has %,d rows, and popularity columns may exceed %,.0f, the"
                    .formatted(name, largest, Float16.MAX_VALUE)
                + " largest float16; set counts: log1p if the output is refused");
      }
    }
    return new TrainingReport(metrics, Map.of(), notes);
  }

  @Override
  public void embed(EventLog events, ClientSelection clients, EmbeddingSink sink) {
    LogFeatures features = features(events);
    int[] indices = events.indexOf(clients);
    int capacity = Math.min(BLOCK_CLIENTS, Math.max(1, clients.size()));
    double[] block = new double[capacity * dimension()];
    float[] row = new float[dimension()];
    try (EmbeddingWriter out = new EmbeddingWriter(context.allocator(), dimension(), sink);
        PluginContext.Progress progress = context.progress("clients", clients.size())) {
      for (int first = 0; first < indices.length; first += capacity) {
        int count = Math.min(capacity, indices.length - first);
        compute(features, indices, first, count, block);
        for (int i = 0; i < count; i++) {
          for (int column = 0; column < row.length; column++) {
            row[column] = (float) block[i * row.length + column];
          }
          out.write(clients.id(first + i), row);
        }
        progress.advance(count);
      }
      out.finish();
    }
  }

  /** What {@link #embed} gives, before it is cut to float32: [clients · D], row after row. */
  double[] embedInDouble(EventLog events, ClientSelection clients) {
    double[] rows = new double[clients.size() * dimension()];
    compute(features(events), events.indexOf(clients), 0, clients.size(), rows);
    return rows;
  }

  private LogFeatures features(EventLog events) {
    return new LogFeatures(events, tables, columns, config.counts());
  }

  private void compute(LogFeatures features, int[] indices, int first, int count, double[] target) {
    int tasks = (count + TASK_CLIENTS - 1) / TASK_CLIENTS;
    context.parallel(
        tasks,
        task -> {
          LogFeatures.Rows rows = features.rows();
          int end = Math.min(count, (task + 1) * TASK_CLIENTS);
          for (int i = task * TASK_CLIENTS; i < end; i++) {
            rows.compute(indices[first + i], target, i * columns.length);
          }
        });
  }

  @Override
  public void save(Path modelDirectory) {
    ModelFiles files = new ModelFiles(modelDirectory);
    tables.forEach(files::write);
  }

  @Override
  public void close() {
    // holds nothing but heap
  }
}
