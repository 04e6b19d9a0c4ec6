package dev.tessera.host.natives;

import java.util.Optional;

/**
 * What was found of one thing that Tessera uses.
 *
 * @param subject the thing
 * @param state how it is
 * @param found what there is
 * @param advice what to do, if something can be done
 */
public record Finding(String subject, State state, String found, Optional<String> advice) {

  /** How a thing is. */
  public enum State {
    /** There, and it works. */
    OK,
    /** Not there; all works without it. */
    ABSENT,
    /** Needed, and it does not work. */
    BROKEN
  }

  static Finding ok(String subject, String found) {
    return new Finding(subject, State.OK, found, Optional.empty());
  }

  static Finding absent(String subject, String found, String advice) {
    return new Finding(subject, State.ABSENT, found, Optional.of(advice));
  }

  static Finding broken(String subject, String found, String advice) {
    return new Finding(subject, State.BROKEN, found, Optional.of(advice));
  }
}
