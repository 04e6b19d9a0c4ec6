package dev.tessera.plugin.merge;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventLog;
import dev.tessera.api.ModelPluginFactory;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginException;
import dev.tessera.api.PluginInfo;
import dev.tessera.api.Stage;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Makes merges. */
public final class MergePluginFactory implements ModelPluginFactory<MergeConfig> {

  /**
   * Blocks, partial sums and buffers of the output: about 350 MB live, and what is not yet
   * collected.
   */
  private static final long FIXED_BYTES = 768L << 20;

  @Override
  public PluginInfo info() {
    return new PluginInfo(
        "merge",
        "Scales, reduces and lays side by side the embeddings of other steps.",
        Set.of(),
        PluginInfo.NewClients.EMBEDDED);
  }

  @Override
  public Class<MergeConfig> configType() {
    return MergeConfig.class;
  }

  @Override
  public List<String> inputs(MergeConfig config) {
    return config.inputs().stream().map(MergeInput::step).toList();
  }

  @Override
  public long memoryBytes(MergeConfig config, EventLog events) {
    boolean pooled = false;
    boolean sorted = config.imputer() == MergeConfig.Imputer.MEDIAN;
    for (MergeInput input : config.inputs()) {
      boolean sorts =
          switch (input.scaler()) {
            case ROBUST, QUANTILE_UNIFORM, QUANTILE_NORMAL -> true;
            case NONE, NORMALIZER, STANDARD, MIN_MAX -> false;
          };
      sorted |= sorts;
      pooled |= sorts && input.scope() == MergeInput.Scope.GLOBAL;
    }
    if (pooled) {
      return UNKNOWN_MEMORY; // every value of the input, and its width is not known yet
    }
    // sorting may take as much again
    long columns = sorted ? 2 * Math.max(128L << 20, (long) Double.BYTES * events.clients()) : 0;
    return FIXED_BYTES + columns;
  }

  @Override
  public Stage create(MergeConfig config, PluginContext context) {
    requireVectors(config, context);
    return new MergeStage(config, context, Optional.empty());
  }

  @Override
  public Stage open(MergeConfig config, Path modelDirectory, PluginContext context) {
    requireVectors(config, context);
    FittedMerge fitted = new MergeModelFolder(modelDirectory).open(config);
    return new MergeStage(config, context, Optional.of(fitted));
  }

  private static void requireVectors(MergeConfig config, PluginContext context) {
    boolean wanted = config.inputs().stream().anyMatch(MergeInput::pca);
    if (wanted && ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      throw new PluginException(
          ErrorCode.UNAVAILABLE,
          "[%s] processor: pca needs the Java module jdk.incubator.vector: start Java with --add-modules jdk.incubator.vector (the tessera launcher does)"
              .formatted(context.stepName()));
    }
  }
}
