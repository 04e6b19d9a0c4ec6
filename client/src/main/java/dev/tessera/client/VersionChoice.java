package dev.tessera.client;

import java.time.Instant;
import java.util.Optional;

/**
 * Which version of a published name a request means; the default one if it says nothing.
 *
 * @param version its number
 * @param asOf the one that was the default at that time; not beside a number
 */
public record VersionChoice(Optional<Integer> version, Optional<Instant> asOf) {

  /** What clients get who do not ask for a version. */
  public static final VersionChoice DEFAULT = new VersionChoice(Optional.empty(), Optional.empty());

  /** One version. */
  public static VersionChoice number(int version) {
    return new VersionChoice(Optional.of(version), Optional.empty());
  }

  /** The version that was the default at a time. */
  public static VersionChoice at(Instant time) {
    return new VersionChoice(Optional.empty(), Optional.of(time));
  }

  /** Whether it says nothing. */
  public boolean isDefault() {
    return version.isEmpty() && asOf.isEmpty();
  }
}
