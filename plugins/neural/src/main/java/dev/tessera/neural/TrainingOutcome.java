package dev.tessera.neural;

import java.util.List;
import java.util.Map;

/**
 * How a training went.
 *
 * @param epochs epochs made, those before an interruption included
 * @param bestEpoch the one whose weights were kept, from 1
 * @param resumedAfter epochs that an earlier, interrupted training had made
 * @param tokensPerSecond real tokens per second in training steps of this process
 * @param curves one value per epoch: the training loss and the held-out metrics
 */
public record TrainingOutcome(
    int epochs,
    int bestEpoch,
    int resumedAfter,
    double tokensPerSecond,
    Map<String, List<Double>> curves) {

  /** The value of a curve at the best epoch. */
  public double best(String curve) {
    return curves.get(curve).get(bestEpoch - 1);
  }
}
