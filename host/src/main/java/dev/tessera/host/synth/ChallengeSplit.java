package dev.tessera.host.synth;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/**
 * The organisers' split of a log in time. The log ends with the last purchase; the train target
 * starts at midnight 27 days before that day, the validation target 14 days later, and what comes
 * before is input. All times are microseconds since 1970 UTC.
 *
 * @param end the last purchase; the validation target includes it
 * @param trainTargetStart first instant that is no input
 * @param validationTargetStart first instant of the validation target
 */
public record ChallengeSplit(long end, long trainTargetStart, long validationTargetStart) {

  /** Length of each target window in days. */
  public static final int TARGET_DAYS = 14;

  /** Where an instant belongs. */
  public enum Part {
    INPUT,
    TRAIN_TARGET,
    VALIDATION_TARGET,
    /** Later than the last purchase: of no use. */
    AFTER_END
  }

  /** The split of a log whose last purchase was at {@code lastPurchase}. */
  public static ChallengeSplit ofLastPurchase(long lastPurchase) {
    Instant validation =
        Instant.EPOCH
            .plus(lastPurchase, ChronoUnit.MICROS)
            .atOffset(ZoneOffset.UTC)
            .truncatedTo(ChronoUnit.DAYS)
            .minusDays(TARGET_DAYS - 1L)
            .toInstant();
    Instant train = validation.minus(TARGET_DAYS, ChronoUnit.DAYS);
    return new ChallengeSplit(lastPurchase, micros(train), micros(validation));
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
