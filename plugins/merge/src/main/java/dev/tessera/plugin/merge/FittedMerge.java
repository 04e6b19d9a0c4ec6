package dev.tessera.plugin.merge;

import java.util.List;

/**
 * All that a merge has learned.
 *
 * @param inputs those that had rows, in the order of the output's columns
 * @param fill [D] what stands in for a missing row, column by column
 */
record FittedMerge(List<FittedInput> inputs, double[] fill) {

  FittedMerge {
    inputs = List.copyOf(inputs);
  }

  /** D. */
  int dimension() {
    return fill.length;
  }

  /** [D]. */
  List<String> columnNames() {
    return inputs.stream().flatMap(input -> input.columnNames().stream()).toList();
  }
}
