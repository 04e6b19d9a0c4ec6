package dev.tessera.plugin.merge;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingMerge;
import dev.tessera.api.EmbeddingSink;
import dev.tessera.api.Embeddings;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginException;
import dev.tessera.api.TrainingReport;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Lays embeddings side by side. Per input: rows of zeros dropped, then principal components, scaler
 * and weight, fitted on all remaining rows; then an outer join by client, cut to the selected
 * clients; what an input lacks is imputed, for clients that no input has too.
 *
 * <p>All arithmetic is float64 on the inputs' float32; the output is rounded to float32 once.
 * Inputs are read in passes over their mapped batches, a block at a time; kept are only what the
 * transforms need (with quantile and robust scalers and the median, some sorted columns). The
 * result does not depend on the number of threads. Random: the starting basis of randomised
 * components, by seed.
 */
final class MergeStage implements EmbeddingMerge {

  private final MergeConfig config;
  private final PluginContext context;
  private Optional<FittedMerge> fitted;

  /** An untrained or an opened stage. */
  MergeStage(MergeConfig config, PluginContext context, Optional<FittedMerge> fitted) {
    this.config = config;
    this.context = context;
    this.fitted = fitted;
  }

  @Override
  public TrainingReport fit(List<Embeddings> inputs, ClientSelection clients) {
    MergeFit fit = new MergeFit(config, context, clients);
    fitted = Optional.of(fit.fit(new MergeInputs(inputs, config, context.stepName())));
    return fit.report();
  }

  @Override
  public void merge(List<Embeddings> inputs, ClientSelection clients, EmbeddingSink sink) {
    FittedMerge merge = fitted();
    MergeInputs given = new MergeInputs(inputs, config, context.stepName());
    List<Optional<SelectedRows>> sides =
        merge.inputs().stream()
            .map(
                input ->
                    given
                        .toMerge(input.config())
                        .map(rows -> input.selected(requireDimension(input, rows), clients)))
            .toList();
    new ProfileWriter(merge, sides, clients, context).write(sink);
  }

  @Override
  public int dimension() {
    return fitted().dimension();
  }

  @Override
  public List<String> columnNames() {
    return fitted().columnNames();
  }

  @Override
  public void save(Path modelDirectory) {
    new MergeModelFolder(modelDirectory).save(config, fitted());
  }

  @Override
  public void close() {}

  private InputRows requireDimension(FittedInput input, InputRows rows) {
    int wanted = input.pipeline().inputColumns();
    if (rows.dimension() != wanted) {
      throw new PluginException(
          ErrorCode.INVALID_INPUT,
          "[%s] input %s must have %d columns as when the merge was fitted, has %d: fit it again"
              .formatted(context.stepName(), rows.name(), wanted, rows.dimension()));
    }
    return rows;
  }

  private FittedMerge fitted() {
    return fitted.orElseThrow(
        () -> new IllegalStateException("the merge is neither fitted nor opened"));
  }
}
