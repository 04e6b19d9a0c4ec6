package dev.tessera.host.split;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/**
 * The organisers' split of a log in time. The log ends with the last purchase; the validation
 * target are the last D days, whole days that end with the day of that purchase; the train target
 * are the D days before, and what comes before is input. The challenge has D = 14. All times are
 * microseconds since 1970 UTC.
 *
 * @param end the last purchase; the validation target includes it
 * @param trainTargetStart first instant that is no input
 * @param validationTargetStart first instant of the validation target
 */
public record ChallengeSplit(long end, long trainTargetStart, long validationTargetStart) {

  /** The challenge's length of each target window in days. */
  public static final int TARGET_DAYS = 14;

  /** Where an instant belongs. */
  public enum Part {
    /** Before the train target: what models may see. */
    INPUT,
    /** The first target window. */
    TRAIN_TARGET,
    /** The second target window, up to the end. */
    VALIDATION_TARGET,
    /** Later than the end: of no use. */
    AFTER_END
  }

  /** The challenge's split of a log whose last purchase was at {@code lastPurchase}. */
  public static ChallengeSplit ofLastPurchase(long lastPurchase) {
    return of(lastPurchase, TARGET_DAYS);
  }

  /**
   * The split of a log that ends at {@code end}.
   *
   * @param days the length of each target window, at least 1
   */
  public static ChallengeSplit of(long end, int days) {
    Instant validation =
        Instant.EPOCH
            .plus(end, ChronoUnit.MICROS)
            .atOffset(ZoneOffset.UTC)
            .truncatedTo(ChronoUnit.DAYS)
            .minusDays(days - 1L)
            .toInstant();
    Instant train = validation.minus(days, ChronoUnit.DAYS);
    return new ChallengeSplit(end, micros(train), micros(validation));
  }

  /** The part that {@code time} belongs to. */
  public Part part(long time) {
    if (time < trainTargetStart) {
      return Part.INPUT;
    }
    if (time < validationTargetStart) {
      return Part.TRAIN_TARGET;
    }
    return time <= end ? Part.VALIDATION_TARGET : Part.AFTER_END;
  }

  private static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }
}
