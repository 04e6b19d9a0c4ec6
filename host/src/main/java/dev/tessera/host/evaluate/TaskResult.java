package dev.tessera.host.evaluate;

import java.util.Optional;

/**
 * One task's result over all seeds.
 *
 * @param task as the challenge names it
 * @param clients how many took part
 * @param labels L
 * @param labelsOfBothClasses labels that some clients have in the validation target, and some not
 * @param score the mean over seeds of the challenge's score
 * @param deviation the score's standard deviation over seeds; 0 for one seed or a probe without
 *     chance
 * @param interval 95 % of bootstrap samples of the clients
 * @param auroc the mean over labels, those without both classes counting 0
 * @param aurocOfBothClasses the mean over the labels with both classes
 * @param novelty of a propensity
 * @param diversity of a propensity
 * @param whyNot why there is no score; then the numbers are 0
 */
public record TaskResult(
    String task,
    int clients,
    int labels,
    int labelsOfBothClasses,
    double score,
    double deviation,
    Optional<Interval> interval,
    double auroc,
    double aurocOfBothClasses,
    Optional<Double> novelty,
    Optional<Double> diversity,
    Optional<String> whyNot) {

  static TaskResult none(TaskData task) {
    return new TaskResult(
        task.task().label(),
        0,
        0,
        0,
        0,
        0,
        Optional.empty(),
        0,
        0,
        Optional.empty(),
        Optional.empty(),
        task.whyNot());
  }

  /** Whether there is a score. */
  public boolean isScored() {
    return whyNot.isEmpty();
  }
}
