package dev.tessera.plugin.merge;

import dev.tessera.api.ConfigKey;

/** What is done to one input before the join, in this order. */
record MergeInput(
    @ConfigKey("the step whose embedding is read") String step,
    @ConfigKey(
            value = "leave out rows of zeros only; their clients get imputed values",
            defaultValue = "true")
        boolean dropZeroRows,
    @ConfigKey(
            value = "reduction of the dimension, fitted on all the input's rows",
            defaultValue = "none")
        Processor processor,
    @ConfigKey(value = "the number of principal components to keep", defaultValue = "0", min = 0)
        int components,
    @ConfigKey(
            value =
                "how components are found: exactly from the covariance matrix, or by a seeded random"
                    + " range finder (faster from about 1,500 columns on)",
            defaultValue = "full")
        PcaSolver pcaSolver,
    @ConfigKey(
            value =
                "scaling, fitted on all the input's rows: rows to unit length (normalizer), or columns"
                    + " to equal range, spread or distribution",
            defaultValue = "normalizer")
        ScalerKind scaler,
    @ConfigKey(
            value = "whether each column has a scale of its own or all share one",
            defaultValue = "column")
        Scope scope,
    @ConfigKey(value = "factor on the scaled values", defaultValue = "1.0", min = 0)
        double weight) {

  /** The reduction. */
  enum Processor {
    NONE,
    PCA
  }

  /** How principal components are found. */
  enum PcaSolver {
    FULL,
    RANDOMIZED
  }

  /** The scaling. */
  enum ScalerKind {
    NONE,
    NORMALIZER,
    QUANTILE_UNIFORM,
    QUANTILE_NORMAL,
    STANDARD,
    MIN_MAX,
    ROBUST
  }

  /** What shares a scale. */
  enum Scope {
    COLUMN,
    GLOBAL
  }

  MergeInput {
    if (step.isBlank()) {
      throw new IllegalArgumentException("step must name a step of the run, was blank");
    }
    if (processor == Processor.PCA && components < 1) {
      throw new IllegalArgumentException(
          "components must be at least 1 with processor: pca, was " + components);
    }
    if (processor == Processor.NONE && components != 0) {
      throw new IllegalArgumentException(
          "components is used with processor: pca only, here it is " + components);
    }
    if (scope == Scope.GLOBAL && (scaler == ScalerKind.NONE || scaler == ScalerKind.NORMALIZER)) {
      throw new IllegalArgumentException(
          "scope: global needs a scaler of columns, not none or normalizer");
    }
    if (!Double.isFinite(weight)) {
      throw new IllegalArgumentException("weight must be a finite number, was " + weight);
    }
  }

  boolean pca() {
    return processor == Processor.PCA;
  }
}
