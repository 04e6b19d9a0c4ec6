package dev.tessera.plugin.stats;

/** How the columns that count rows leave the model. */
enum CountScale {
  /** As they are: equal to the reference, but a count above 65,504 does not fit a float16. */
  RAW,

  /**
   * {@code sign(x) · ln(1 + |x|)}: fits a float16 whatever the shop's size, and keeps the order of
   * clients, so that a rank-based scaler after it (the quantile transform of a merge) hardly sees a
   * difference.
   */
  LOG1P;

  double apply(double count) {
    // StrictMath: the same bytes on every machine
    return switch (this) {
      case RAW -> count;
      case LOG1P -> Math.copySign(StrictMath.log1p(Math.abs(count)), count);
    };
  }
}
