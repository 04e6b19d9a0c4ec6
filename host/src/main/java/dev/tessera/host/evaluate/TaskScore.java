package dev.tessera.host.evaluate;

/**
 * How well one task was predicted.
 *
 * @param score the challenge's: AUROC, or 0.8 AUROC + 0.1 novelty + 0.1 diversity for a propensity
 * @param auroc the mean over all labels, where one without positives or without negatives counts 0
 * @param aurocOfBothClasses the mean over the labels that have positives and negatives
 * @param novelty 0 to 1, 1 if no popular label is ever ranked high; NaN for churn and conversion
 * @param diversity 0 to 1, 1 if all labels are as likely; NaN for churn and conversion
 * @param labels L
 * @param labelsOfBothClasses those that have positives and negatives
 */
public record TaskScore(
    double score,
    double auroc,
    double aurocOfBothClasses,
    double novelty,
    double diversity,
    int labels,
    int labelsOfBothClasses) {

  static final double AUROC_WEIGHT = 0.8;
  static final double NOVELTY_WEIGHT = 0.1;
  static final double DIVERSITY_WEIGHT = 0.1;

  /** The challenge's score of its parts. */
  static double score(boolean propensity, double auroc, double novelty, double diversity) {
    return propensity
        ? AUROC_WEIGHT * auroc + NOVELTY_WEIGHT * novelty + DIVERSITY_WEIGHT * diversity
        : auroc;
  }
}
