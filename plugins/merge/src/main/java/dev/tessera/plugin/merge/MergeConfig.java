package dev.tessera.plugin.merge;

import dev.tessera.api.ConfigKey;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a merge step does. */
record MergeConfig(
    @ConfigKey("the embeddings to lay side by side, in the order of the output's columns")
        List<MergeInput> inputs,
    @ConfigKey(
            value =
                "what stands in for a client that an input lacks: per column, the mean or median over"
                    + " the selected clients that have a value, or a constant",
            defaultValue = "mean")
        Imputer imputer,
    @ConfigKey(
            value = "the value that the constant imputer puts in, after scaling and weighting",
            defaultValue = "0.0")
        double constant,
    @ConfigKey(
            value =
                "when an input has no rows (its step was skipped for want of events, or all its rows"
                    + " are zero): stop, or leave its columns out",
            defaultValue = "error")
        OnMissing onMissing) {

  /** What stands in for a missing row. */
  enum Imputer {
    MEAN,
    MEDIAN,
    CONSTANT
  }

  /** What an input without rows means. */
  enum OnMissing {
    ERROR,
    SKIP
  }

  MergeConfig {
    inputs = List.copyOf(inputs);
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException("inputs must name at least one step, was empty");
    }
    Set<String> steps = new HashSet<>();
    for (MergeInput input : inputs) {
      if (!steps.add(input.step())) {
        throw new IllegalArgumentException(
            "inputs must name each step once, '" + input.step() + "' is there twice");
      }
    }
    if (constant != 0 && imputer != Imputer.CONSTANT) {
      throw new IllegalArgumentException(
          "constant is used with imputer: constant only, here it is " + constant);
    }
  }
}
