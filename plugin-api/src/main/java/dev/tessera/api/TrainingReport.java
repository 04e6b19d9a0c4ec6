package dev.tessera.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a fit has to say: kept in the run's manifest and drawn in its report.
 *
 * @param metrics final figures by name, e.g. {@code "training loss" -> 0.0061}; all finite
 * @param curves series by name, one value per iteration or epoch
 * @param notes sentences for the user, e.g. that rare items were left out
 */
public record TrainingReport(
    Map<String, Double> metrics, Map<String, List<Double>> curves, List<String> notes) {

  /** Copies, keeping order. */
  public TrainingReport {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    Map<String, List<Double>> copy = new LinkedHashMap<>();
    curves.forEach((name, values) -> copy.put(name, List.copyOf(values)));
    curves = Collections.unmodifiableMap(copy);
    notes = List.copyOf(notes);
  }

  /** For a stage that learns nothing worth a figure. */
  public static TrainingReport empty() {
    return new TrainingReport(Map.of(), Map.of(), List.of());
  }
}
