package dev.tessera.host.flight.security;

import java.util.Optional;

/** One kind of credentials that a server takes. Safe for many threads; quick. */
@FunctionalInterface
public interface CredentialSource {

  /**
   * Finds whom credentials stand for; empty if they are not of this kind or not known.
   *
   * @throws UnknownCaller if they are of this kind and no good; its message holds nothing of them
   */
  Optional<Principal> find(Credentials credentials) throws UnknownCaller;
}
