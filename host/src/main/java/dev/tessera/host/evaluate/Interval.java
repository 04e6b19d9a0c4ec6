package dev.tessera.host.evaluate;

import java.util.Arrays;
import java.util.Optional;

/** Where the middle 95 % of bootstrap samples lie. */
public record Interval(double low, double high) {

  private static final double TAIL = 0.025;

  /** The interval of some samples, NaN left out; none if most are NaN. */
  static Optional<Interval> of(double[] samples) {
    double[] sorted = Arrays.stream(samples).filter(value -> !Double.isNaN(value)).toArray();
    if (sorted.length * 2 < samples.length || sorted.length < 2) {
      return Optional.empty();
    }
    Arrays.sort(sorted);
    return Optional.of(new Interval(quantile(sorted, TAIL), quantile(sorted, 1 - TAIL)));
  }

  private static double quantile(double[] sorted, double share) {
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(sorted.length - 1, below + 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
