package dev.tessera.neural;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How good a model is.
 *
 * @param cost the figure that chooses the best epoch: lower is better (give minus NDCG, say)
 * @param metrics all figures by name, in order; kept as curves
 */
public record Evaluation(double cost, Map<String, Double> metrics) {

  /** Copies, keeping order. */
  public Evaluation {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }
}
