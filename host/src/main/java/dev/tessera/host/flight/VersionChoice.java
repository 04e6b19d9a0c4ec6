package dev.tessera.host.flight;

import java.time.Instant;
import java.util.Optional;

/**
 * Which version of a published name a request means; the default one if it says nothing.
 *
 * @param version its number
 * @param asOf the newest that was published by then; not beside a number
 */
record VersionChoice(Optional<Integer> version, Optional<Instant> asOf) {

  /** What clients get who do not ask for a version. */
  static final VersionChoice DEFAULT = new VersionChoice(Optional.empty(), Optional.empty());

  /** One version. */
  static VersionChoice number(int version) {
    return new VersionChoice(Optional.of(version), Optional.empty());
  }

  boolean isDefault() {
    return version.isEmpty() && asOf.isEmpty();
  }
}
