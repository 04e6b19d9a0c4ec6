package dev.tessera.plugin.merge;

import dev.tessera.plugin.merge.MergeInput.PcaSolver;
import dev.tessera.plugin.merge.MergeInput.Processor;
import dev.tessera.plugin.merge.MergeInput.ScalerKind;
import dev.tessera.plugin.merge.MergeInput.Scope;
import java.util.List;

/** Configurations as the host would fill them in. */
final class MergeConfigs {

  private MergeConfigs() {}

  static MergeInput scaled(String step, ScalerKind scaler) {
    return scaled(step, scaler, Scope.COLUMN);
  }

  static MergeInput scaled(String step, ScalerKind scaler, Scope scope) {
    return new MergeInput(step, true, Processor.NONE, 0, PcaSolver.FULL, scaler, scope, 1.0);
  }

  static MergeInput weighted(String step, double weight) {
    return new MergeInput(
        step, true, Processor.NONE, 0, PcaSolver.FULL, ScalerKind.NONE, Scope.COLUMN, weight);
  }

  static MergeInput pca(String step, int components, PcaSolver solver, ScalerKind scaler) {
    return new MergeInput(step, true, Processor.PCA, components, solver, scaler, Scope.COLUMN, 1.0);
  }

  static MergeConfig mean(MergeInput... inputs) {
    return new MergeConfig(
        List.of(inputs), MergeConfig.Imputer.MEAN, 0, MergeConfig.OnMissing.ERROR);
  }

  static MergeConfig constant(double constant, MergeInput... inputs) {
    return new MergeConfig(
        List.of(inputs), MergeConfig.Imputer.CONSTANT, constant, MergeConfig.OnMissing.ERROR);
  }

  static MergeConfig skipping(MergeInput... inputs) {
    return new MergeConfig(
        List.of(inputs), MergeConfig.Imputer.MEAN, 0, MergeConfig.OnMissing.SKIP);
  }
}
