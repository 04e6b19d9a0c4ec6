package dev.tessera.plugin.merge;

import dev.tessera.api.ClientSelection;
import java.util.ArrayList;
import java.util.List;

/**
 * One input's share of a fitted merge.
 *
 * @param config what was asked for
 * @param pipeline the fitted transforms
 * @param columnNames [K] names in the output
 */
record FittedInput(MergeInput config, Pipeline pipeline, List<String> columnNames) {

  FittedInput {
    columnNames = List.copyOf(columnNames);
  }

  /**
   * {@code STEP_COLUMN} by the input's own names, or by number where it has none or they are mixed.
   */
  static List<String> columnNames(MergeInput config, List<String> own, int columns) {
    List<String> names = new ArrayList<>(columns);
    for (int column = 0; column < columns; column++) {
      boolean named = !config.pca() && !own.isEmpty();
      names.add(config.step() + "_" + (named ? own.get(column) : String.valueOf(column)));
    }
    return names;
  }

  /** The selected rows of this input, transformed. */
  SelectedRows selected(InputRows rows, ClientSelection clients) {
    return new SelectedRows(rows, config.dropZeroRows(), pipeline, clients);
  }
}
