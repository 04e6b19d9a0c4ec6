package dev.tessera.host.evaluate;

/**
 * What a probe predicted for one task, as it was best on the validation target.
 *
 * @param task the task and its targets
 * @param logits [rows · L]
 * @param score of the logits
 */
@SuppressWarnings("ArrayRecordComponent") // lent, never compared
record Fit(TaskData task, float[] logits, TaskScore score) {

  /** The fit of some logits. */
  static Fit of(TaskData task, float[] logits) {
    return new Fit(task, logits, task.metrics(logits).score());
  }

  /** The better of two; this one if they are as good. */
  Fit orBetter(Fit other) {
    return other.score().score() > score.score() ? other : this;
  }
}
