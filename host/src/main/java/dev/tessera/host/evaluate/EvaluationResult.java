package dev.tessera.host.evaluate;

import java.util.List;
import java.util.Optional;

/**
 * How good one embedding is.
 *
 * @param embedding its name
 * @param dimension D
 * @param clients N
 * @param probe which probe was used
 * @param seeds how many runs were averaged; 1 for a probe without chance
 * @param tasks in the order asked for
 * @param sum of the scores of the tasks that have one
 * @param sumDeviation the sum's standard deviation over seeds
 * @param sumInterval 95 % of bootstrap samples
 * @param seconds the time it took
 */
public record EvaluationResult(
    String embedding,
    int dimension,
    int clients,
    ProbeKind probe,
    int seeds,
    List<TaskResult> tasks,
    double sum,
    double sumDeviation,
    Optional<Interval> sumInterval,
    double seconds) {

  /** Copies the list. */
  public EvaluationResult {
    tasks = List.copyOf(tasks);
  }
}
