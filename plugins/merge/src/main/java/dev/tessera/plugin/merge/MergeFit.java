package dev.tessera.plugin.merge;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginException;
import dev.tessera.api.TrainingReport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Fits a merge: for each input its processor, then its scaler, both on all its rows; then what to
 * impute, on the selected clients' rows.
 */
final class MergeFit {

  private final MergeConfig config;
  private final PluginContext context;
  private final ClientSelection clients;
  private final Map<String, Double> metrics = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();

  MergeFit(MergeConfig config, PluginContext context, ClientSelection clients) {
    this.config = config;
    this.context = context;
    this.clients = clients;
  }

  /** An input with rows, and its components once they are found. */
  private record Found(MergeInput config, InputRows rows, int kept) {

    OwnRows own(Pipeline pipeline) {
      return new OwnRows(rows, config.dropZeroRows(), pipeline);
    }

    OwnRows unreduced() {
      return own(Pipeline.identity(rows.dimension()));
    }

    boolean fullPca() {
      return config.pca() && config.pcaSolver() == MergeInput.PcaSolver.FULL;
    }
  }

  /**
   * Fits.
   *
   * @throws PluginException if an input is missing that may not be, or all are, or one has fewer
   *     rows or columns than components wanted
   */
  FittedMerge fit(MergeInputs inputs) {
    List<Found> found = find(inputs);
    List<Optional<Pca>> components = components(found);
    List<FittedInput> fitted = new ArrayList<>();
    List<double[]> fills = new ArrayList<>();
    try (PluginContext.Progress progress = context.progress("inputs scaled", found.size())) {
      for (int i = 0; i < found.size(); i++) {
        Found input = found.get(i);
        MergeInput wanted = input.config();
        Optional<Pca> pca = components.get(i);
        Pipeline unscaled = new Pipeline(input.rows().dimension(), pca, new UnitScaler(), 1.0);
        Scaler scaler = ScalerFit.fit(wanted, input.own(unscaled), context);
        Pipeline pipeline = new Pipeline(input.rows().dimension(), pca, scaler, wanted.weight());
        List<String> names =
            FittedInput.columnNames(wanted, input.rows().columnNames(), pipeline.columns());
        FittedInput done = new FittedInput(wanted, pipeline, names);
        fitted.add(done);
        fills.add(fill(done, input.rows()));
        progress.advance(1);
      }
    }
    double[] fill = fills.stream().flatMapToDouble(Arrays::stream).toArray();
    return new FittedMerge(fitted, fill);
  }

  /** What the last {@link #fit} has to say. */
  TrainingReport report() {
    return new TrainingReport(metrics, Map.of(), notes);
  }

  private List<Found> find(MergeInputs inputs) {
    List<Found> found = new ArrayList<>();
    for (MergeInput wanted : config.inputs()) {
      Optional<InputRows> rows = inputs.toFit(wanted);
      if (rows.isEmpty()) {
        notes.add("input " + wanted.step() + " has no rows: its columns were left out");
        continue;
      }
      int all = rows.get().rows();
      int kept = rows.get().keptRows(wanted.dropZeroRows());
      metrics.put(wanted.step() + " rows", (double) kept);
      if (kept < all) {
        notes.add(
            "input %s: %d of %d rows hold only zeros and were dropped"
                .formatted(wanted.step(), all - kept, all));
      }
      int most = Math.min(rows.get().dimension(), kept);
      if (wanted.components() > most) {
        throw new PluginException(
            ErrorCode.INVALID_CONFIG,
            "[%s] components of input %s must be at most %d (it has %d columns and %d rows%s), was %d"
                .formatted(
                    context.stepName(),
                    wanted.step(),
                    most,
                    rows.get().dimension(),
                    kept,
                    kept < all ? " that are not zero" : "",
                    wanted.components()));
      }
      found.add(new Found(wanted, rows.get(), kept));
    }
    if (found.isEmpty()) {
      throw inputs.allMissing();
    }
    return found;
  }

  /**
   * Scatter matrices one after the other with all threads, then their eigenvectors side by side.
   */
  private List<Optional<Pca>> components(List<Found> found) {
    List<Integer> full = new ArrayList<>();
    Covariance.Scatter[] scatters = new Covariance.Scatter[found.size()];
    Pca[] pcas = new Pca[found.size()];
    double[] totals = new double[found.size()];
    if (found.stream().anyMatch(input -> input.config().pca())) {
      PanelKernel.warmUp();
    }
    try (PluginContext.Progress progress =
        context.progress("inputs reduced", found.stream().filter(f -> f.config().pca()).count())) {
      for (int i = 0; i < found.size(); i++) {
        Found input = found.get(i);
        if (!input.config().pca()) {
          continue;
        }
        if (input.fullPca()) {
          scatters[i] = Covariance.scatter(input.unreduced(), context);
          totals[i] = scatters[i].totalSquares();
          full.add(i);
        } else {
          Moments moments = Moments.of(input.unreduced(), context);
          totals[i] = moments.totalSquares();
          Covariance covariance = new Covariance(input.unreduced(), moments.mean(), context);
          int components = input.config().components();
          pcas[i] = PcaFit.randomized(covariance, components, input.kept(), context.seed());
        }
        progress.advance(1);
      }
      context.parallel(
          full.size(),
          task -> {
            int i = full.get(task);
            Found input = found.get(i);
            pcas[i] = PcaFit.full(scatters[i], input.config().components(), input.kept());
          });
    }
    List<Optional<Pca>> result = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      result.add(Optional.ofNullable(pcas[i]));
      if (pcas[i] != null && totals[i] > 0) {
        double kept = Arrays.stream(pcas[i].variances()).sum();
        metrics.put(
            found.get(i).config().step() + " explained variance share",
            kept * Math.max(1, found.get(i).kept() - 1) / totals[i]);
      }
    }
    return result;
  }

  private double[] fill(FittedInput input, InputRows rows) {
    int columns = input.pipeline().columns();
    double[] fill = new double[columns];
    if (config.imputer() == MergeConfig.Imputer.CONSTANT) {
      Arrays.fill(fill, config.constant());
      return fill;
    }
    RowScan selected = input.selected(rows, clients);
    long present;
    if (config.imputer() == MergeConfig.Imputer.MEAN) {
      Moments moments = Moments.of(selected, context);
      present = moments.count();
      System.arraycopy(moments.mean(), 0, fill, 0, columns);
    } else {
      SortedColumns sorted = new SortedColumns(selected, context);
      present = sorted.count();
      if (present > 0) {
        sorted.forEach((column, values) -> fill[column] = Quantiles.at(values, 0.5));
      }
    }
    if (present == 0) {
      notes.add(
          "input %s has none of the selected clients: its columns are all 0"
              .formatted(input.config().step()));
    }
    return fill;
  }
}
