package dev.tessera.host.evaluate;

import java.util.Optional;

/**
 * One task for the clients of an embedding.
 *
 * @param task which
 * @param rows the embedding's rows that take part, ascending: all, or the active clients' for churn
 * @param train [rows, L] what is learnt from
 * @param validation [rows, L] what is scored on
 * @param popularity [L] of a propensity's labels; else empty
 * @param whyNot why the task cannot be scored; empty if it can
 */
@SuppressWarnings("ArrayRecordComponent") // lent, never compared
record TaskData(
    Task task,
    int[] rows,
    TargetMatrix train,
    TargetMatrix validation,
    double[] popularity,
    Optional<String> whyNot) {

  /** A task that cannot be scored. */
  static TaskData none(Task task, String why) {
    return new TaskData(
        task,
        new int[0],
        TargetMatrix.ofRows(0, new int[0]),
        TargetMatrix.ofRows(0, new int[0]),
        new double[0],
        Optional.of(why));
  }

  TaskMetrics metrics(float[] logits) {
    return new TaskMetrics(task, logits, validation, popularity);
  }

  int labels() {
    return train.labels();
  }
}
