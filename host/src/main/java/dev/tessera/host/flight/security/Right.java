package dev.tessera.host.flight.security;

import java.util.Locale;

/** What may be done with an embedding. */
public enum Right {
  /** See that it exists, and its rows. */
  READ,
  /** Put, publish, roll back and retire it. Does not include reading. */
  WRITE;

  /** As grants and messages write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
