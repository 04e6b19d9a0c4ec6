package dev.tessera.host.evaluate;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is to be predicted of a client. */
public enum Task {
  /** Of a client that bought before: buys nothing in the window (label 1). */
  CHURN(Optional.empty(), ""),
  /** The same of every client. */
  CONVERSION(Optional.empty(), ""),
  /** Buys something of each of 100 categories. */
  PROPENSITY_CATEGORY(Optional.of("category"), "category"),
  /** Buys each of 100 products. */
  PROPENSITY_SKU(Optional.of("sku"), "sku"),
  /** Buys each of 100 products that nobody had bought before. */
  PROPENSITY_NEW_SKU(Optional.of("new_sku"), "sku"),
  /** Buys something of each of 100 price buckets. */
  PROPENSITY_PRICE(Optional.of("price"), "price");

  private final Optional<String> labels;
  private final String column;

  Task(Optional<String> labels, String column) {
    this.labels = labels;
    this.column = column;
  }

  /** As the challenge names it, e.g. {@code propensity_sku}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What the files of labels call it; empty for churn and conversion, which have one label. */
  public Optional<String> labels() {
    return labels;
  }

  /** Whether it is scored by AUROC, novelty and diversity rather than AUROC alone. */
  public boolean isPropensity() {
    return labels.isPresent();
  }

  /** The column of the target files that holds the labels. */
  String column() {
    return column;
  }

  /** All tasks, in the challenge's order. */
  public static List<Task> all() {
    return List.of(values());
  }

  /**
   * The task of a name.
   *
   * @throws PluginException INVALID_CONFIG with the names there are
   */
  public static Task of(String name) {
    return Arrays.stream(values())
        .filter(task -> task.label().equals(name.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new PluginException(
                    ErrorCode.INVALID_CONFIG,
                    "no task is named '%s'; there are: %s"
                        .formatted(
                            name,
                            all().stream().map(Task::label).collect(Collectors.joining(", ")))));
  }
}
