package dev.tessera.plugin.merge;

import dev.tessera.api.Embeddings;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The embeddings that a merge was given, found by the names in its configuration. */
final class MergeInputs {

  private final List<Embeddings> given;
  private final MergeConfig config;
  private final String stepName;

  MergeInputs(List<Embeddings> given, MergeConfig config, String stepName) {
    this.given = List.copyOf(given);
    this.config = config;
    this.stepName = stepName;
  }

  /**
   * The rows of an input to learn from, or empty where the configuration lets there be none.
   *
   * @throws PluginException if there are none and may not be
   */
  Optional<InputRows> toFit(MergeInput wanted) {
    return required(wanted, find(wanted).filter(rows -> rows.keptRows(wanted.dropZeroRows()) > 0));
  }

  /**
   * The rows of an input that a merge has learned from, perhaps only rows of zeros: a single client
   * may well have none of the events that an input is made of, and gets imputed values then.
   *
   * @throws PluginException if the input is missing and may not be
   */
  Optional<InputRows> toMerge(MergeInput wanted) {
    return required(wanted, find(wanted));
  }

  private Optional<InputRows> find(MergeInput wanted) {
    return given.stream()
        .filter(embeddings -> embeddings.name().equals(wanted.step()))
        .findFirst()
        .map(InputRows::new);
  }

  private Optional<InputRows> required(MergeInput wanted, Optional<InputRows> found) {
    if (found.isEmpty() && config.onMissing() == MergeConfig.OnMissing.ERROR) {
      throw noRows(wanted.step());
    }
    return found;
  }

  /** That not one input has rows. */
  PluginException allMissing() {
    return new PluginException(
        ErrorCode.INVALID_INPUT,
        "[%s] none of the inputs %s has any rows: nothing to merge"
            .formatted(
                stepName,
                config.inputs().stream().map(MergeInput::step).collect(Collectors.joining(", "))));
  }

  private PluginException noRows(String step) {
    boolean present = given.stream().anyMatch(embeddings -> embeddings.name().equals(step));
    String why =
        present
            ? "has no rows, or only rows of zeros that drop-zero-rows leaves out"
            : "is missing: its step was skipped for want of events (there are: "
                + given.stream().map(Embeddings::name).collect(Collectors.joining(", "))
                + ")";
    return new PluginException(
        ErrorCode.INVALID_INPUT,
        "[%s] input %s %s; take it out of inputs, or set on-missing: skip to go on without it"
            .formatted(stepName, step, why));
  }
}
