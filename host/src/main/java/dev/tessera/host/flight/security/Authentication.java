package dev.tessera.host.flight.security;

import java.util.List;
import java.util.Optional;

/** Tells who a caller is. Safe for many threads; quick, for it is asked once a call. */
@FunctionalInterface
public interface Authentication {

  /**
   * Finds the principal of what a caller shows.
   *
   * @throws UnknownCaller if there is none; its message holds nothing of the credentials
   */
  Principal authenticate(Credentials credentials) throws UnknownCaller;

  /** Lets everyone do everything; a client certificate, if there is one, gives the name. */
  static Authentication open() {
    return credentials -> Principal.unrestricted(name(credentials));
  }

  /** Lets everyone read. */
  static Authentication readOnly() {
    List<Grant> reading = List.of(new Grant(Right.READ, "*"));
    return credentials -> new Principal(name(credentials), reading);
  }

  /** Lets those in that one of the sources knows. */
  static Authentication by(List<CredentialSource> sources) {
    List<CredentialSource> all = List.copyOf(sources);
    return credentials -> {
      for (CredentialSource source : all) {
        Optional<Principal> found = source.find(credentials);
        if (found.isPresent()) {
          return found.get();
        }
      }
      throw new UnknownCaller(
          credentials.bearer().isPresent()
              ? "the token is not known here: ask whoever runs the server for one"
              : "this server wants a token in the header 'authorization: Bearer TOKEN'");
    };
  }

  private static String name(Credentials credentials) {
    return credentials.certificate().orElse("anonymous");
  }
}
