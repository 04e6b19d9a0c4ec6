package dev.tessera.neural;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How far training is, beside the arrays: which epochs are done, which was the best, and the
 * curves.
 */
final class TrainingState {

  static final String TRAINING_LOSS = "training loss";

  private final Map<String, List<Double>> curves = new LinkedHashMap<>();
  private int epochs;
  private int bestEpoch;
  private double bestCost = Double.POSITIVE_INFINITY;

  /** Nothing done yet. */
  TrainingState() {}

  /** What {@link #facts} said. */
  TrainingState(Facts facts) {
    epochs = (int) facts.whole("epochs");
    bestEpoch = (int) facts.whole("best-epoch");
    bestCost = facts.number("best-cost");
    facts
        .values()
        .forEach(
            (name, value) -> {
              if (name.startsWith("curve ")) {
                curves.put(
                    name.substring("curve ".length()),
                    new ArrayList<>(Arrays.stream(value.split(" ")).map(Double::valueOf).toList()));
              }
            });
  }

  /** Notes an epoch; whether it is the best so far. */
  boolean add(double trainingLoss, Evaluation evaluation) {
    epochs++;
    curves.computeIfAbsent(TRAINING_LOSS, name -> new ArrayList<>()).add(trainingLoss);
    evaluation
        .metrics()
        .forEach((name, value) -> curves.computeIfAbsent(name, n -> new ArrayList<>()).add(value));
    if (evaluation.cost() < bestCost) {
      bestCost = evaluation.cost();
      bestEpoch = epochs;
      return true;
    }
    return false;
  }

  /** Whether there is nothing more to do. */
  boolean done(TrainingOptions options) {
    return epochs >= options.epochs() || epochs - bestEpoch >= options.patience();
  }

  /** The number of epochs done. */
  int epochs() {
    return epochs;
  }

  /** The number of the best epoch, from 1; 0 if there is none. */
  int bestEpoch() {
    return bestEpoch;
  }

  /** The curves, one value per epoch. */
  Map<String, List<Double>> curves() {
    return curves;
  }

  /** All of it. */
  Facts facts() {
    Facts facts =
        new Facts(Map.of())
            .with("epochs", epochs)
            .with("best-epoch", bestEpoch)
            .with("best-cost", bestCost);
    for (Map.Entry<String, List<Double>> curve : curves.entrySet()) {
      facts =
          facts.with(
              "curve " + curve.getKey(),
              String.join(" ", curve.getValue().stream().map(String::valueOf).toList()));
    }
    return facts;
  }
}
