package dev.tessera.host.evaluate;

import com.fasterxml.jackson.annotation.JsonIgnore;
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
 * @param sumSamples the sum in each bootstrap sample, the same clients for every embedding of the
 *     same clients; not written
 */
@SuppressWarnings("ArrayRecordComponent") // lent, never compared
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
    double seconds,
    @JsonIgnore double[] sumSamples) {

  /** Copies the list. */
  public EvaluationResult {
    tasks = List.copyOf(tasks);
    sumSamples = sumSamples == null ? new double[0] : sumSamples;
  }

  /** 95 % of bootstrap samples of the difference of two sums, each sample the same clients. */
  Optional<Interval> intervalOfGainOver(EvaluationResult other) {
    if (sumSamples.length == 0 || sumSamples.length != other.sumSamples.length) {
      return Optional.empty();
    }
    double[] gains = new double[sumSamples.length];
    for (int s = 0; s < gains.length; s++) {
      gains[s] = sumSamples[s] - other.sumSamples[s];
    }
    return Interval.of(gains);
  }
}
